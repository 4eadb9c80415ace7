"""tokenizer.json: written compactly, and what its vocabulary says about stop tokens and fill-in-the-middle."""

import json
from pathlib import Path

from ..errors import ExportError

END_TOKENS = (
    "<end_of_turn>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>", "<eos>", "</s>",
)  # fmt: skip
_FIM_MARKERS = (
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
)
# Qwen's tokenizers list these as plain words, so a document could spell them and an answer show them.
_CONTROLS = {*(marker for markers in _FIM_MARKERS for marker in markers), "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"}


def write_compact(tokenizer: dict, control: list[str], path: Path) -> None:
    """Writes tokenizer.json without white space (two thirds of the size), with `control` as special added tokens."""
    vocabulary = tokenizer["model"]["vocab"]
    known = {t["content"]: t for t in tokenizer["added_tokens"]}
    for content in control:
        if content in known:
            known[content]["special"] = True
        elif content in vocabulary:
            known[content] = {
                "id": vocabulary[content], "content": content, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True,
            }  # fmt: skip
    tokenizer["added_tokens"] = sorted(known.values(), key=lambda t: t["id"])
    path.write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def mark_controls(path: Path) -> None:
    """Makes markers of fill-in-the-middle and of file borders special where a tokenizer.json has them as plain added tokens."""
    try:
        tokenizer = json.loads(path.read_text(encoding="utf-8"))
        plain = [t["content"] for t in tokenizer["added_tokens"] if not t["special"] and t["content"] in _CONTROLS]
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError("tokenizer_invalid", f"{path.name} is not a tokenizers file ({error}).") from error
    if plain:
        write_compact(tokenizer, plain, path)


def read_special_tokens(path: Path) -> dict[str, int]:
    """Content → id of a tokenizer.json's added tokens that are special."""
    try:
        tokenizer = json.loads(path.read_text(encoding="utf-8"))
        return {t["content"]: t["id"] for t in tokenizer["added_tokens"] if t["special"]}
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError("tokenizer_invalid", f"{path.name} is not a tokenizers file ({error}).") from error


def stop_ids(special: dict[str, int], declared: list[int]) -> list[int]:
    return sorted({*declared, *(special[t] for t in END_TOKENS if t in special)})


def fim_of(special: dict[str, int]) -> dict | None:
    """Marker ids where the vocabulary holds a whole set of them."""
    for prefix, suffix, middle in _FIM_MARKERS:
        if prefix in special and suffix in special and middle in special:
            return {"prefix": special[prefix], "suffix": special[suffix], "middle": special[middle], "order": "psm"}
    return None
