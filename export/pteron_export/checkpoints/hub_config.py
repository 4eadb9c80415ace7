"""config.json and generation_config.json of a transformers folder, with transformers' own defaults for what they leave out."""

from ..errors import ExportError

_HOW_IT_IS_HELD = ("quantization", "quantization_config")
_NOT_THE_MODEL = ("architectures", "dtype", "torch_dtype", "transformers_version", "_name_or_path", "id2label", "label2id")
_SAMPLING = {"temperature": "temperature", "topK": "top_k", "topP": "top_p", "repetitionPenalty": "repetition_penalty"}
_NO_LANGUAGE_MODEL = ("parakeet_tdt",)
_AGAIN = "Download the checkpoint again."


def text_config(whole: dict, parts: tuple[str, ...] = ()) -> dict:
    """The language model's configuration, whole and in the newest spelling: an image model's file names only what differs from
    its class, and older files keep RoPE's parameters under other keys. parts: what else of the whole belongs to it."""
    from transformers import AutoConfig

    kind = whole.get("model_type")
    try:
        config = AutoConfig.for_model(**{key: value for key, value in whole.items() if key not in _HOW_IT_IS_HELD})
    except Exception as error:  # its validators raise exceptions of their own
        first = " ".join(str(error).split())[:300]
        raise ExportError("program_invalid", f"config.json is no configuration of a '{kind}' model: {first}", _AGAIN) from error
    text = config if kind in _NO_LANGUAGE_MODEL else config.get_text_config(decoder=True)
    result = {key: value for key, value in text.to_dict().items() if key not in _NOT_THE_MODEL}
    if text is not config and "tie_word_embeddings" in whole:  # said of the whole model
        result["tie_word_embeddings"] = config.tie_word_embeddings
    described = config.to_dict() if parts else {}
    return result | {part: described[part] for part in parts}


def stop_tokens(generation: dict, whole: dict, config: dict) -> list[int]:
    """Ids that end an answer: as for generation, else as the whole model, else as its language model declares them."""
    for declared in (generation, whole, config):
        value = declared.get("eos_token_id")
        if value is not None:
            return value if isinstance(value, list) else [value]
    return []


def sampling_of(generation: dict) -> dict:
    """model.json's `sampling`: what the model's makers recommend, with transformers' defaults beside it; {} where they draw
    the likeliest token or say nothing. Other than numbers → program_invalid."""
    if not generation.get("do_sample"):
        return {}
    found = {ours: generation[theirs] for ours, theirs in _SAMPLING.items() if generation.get(theirs) is not None}
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e6:
            raise ExportError("program_invalid", f"generation_config.json has {_SAMPLING[name]} {value!r}.", _AGAIN)
    return {"temperature": 1.0, "repetitionPenalty": 1.0} | found
