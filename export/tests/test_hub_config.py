"""What published folders leave out of config.json is filled in by transformers' own classes, and its choices become ours."""

import json

import pytest
from transformers import AutoConfig, Gemma3Config, Gemma3TextConfig

from pteron_export import models
from pteron_export.checkpoints.hub_config import sampling_of, stop_tokens, text_config
from pteron_export.errors import ExportError
from pteron_export.models import gemma3, llama
from pteron_export.models.layers import Limits

GEMMA_4B = {  # as published: next to nothing
    "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "eos_token_id": [1, 106],
    "text_config": {
        "model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024,
    },
    "vision_config": {"model_type": "siglip_vision_model", "hidden_size": 1152, "num_hidden_layers": 27},
}  # fmt: skip
LLAMA_32_1B = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "head_dim": 64,
    "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "rms_norm_eps": 1e-5,
    "max_position_embeddings": 131072, "tie_word_embeddings": True, "rope_theta": 500000.0, "bos_token_id": 128000,
    "eos_token_id": [128001, 128008, 128009], "torch_dtype": "bfloat16",
    "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
                     "rope_type": "llama3"},
}  # fmt: skip


def test_gemma_4b_s_missing_fields_are_those_of_its_class():
    config = text_config(GEMMA_4B)
    defaults = Gemma3TextConfig().to_dict()
    for key in ("num_attention_heads", "num_key_value_heads", "head_dim", "vocab_size", "query_pre_attn_scalar", "rms_norm_eps"):
        assert config[key] == defaults[key]
    assert config["layer_types"] == Gemma3Config(**GEMMA_4B).text_config.layer_types
    assert gemma3.rope_of(config, "full_attention") == (1_000_000.0, 1 / 8)
    assert gemma3.rope_of(config, "sliding_attention") == (10_000.0, 1.0)
    assert config["tie_word_embeddings"] is True and "architectures" not in config
    recipe = models.recipe_for(GEMMA_4B["architectures"][0])
    model = recipe.build(config | {"num_hidden_layers": 6, "layer_types": config["layer_types"][:6]}, Limits(64, 16))
    assert model.window == 1024


def test_llama_32_s_older_keys_mean_the_same():
    config = text_config(LLAMA_32_1B)
    assert config["rope_parameters"] == {**LLAMA_32_1B["rope_scaling"], "rope_theta": 500000.0}
    ours, theirs = llama.rope_of(config), llama.rope_of(LLAMA_32_1B)
    assert ours[:2] == theirs[:2] and ours[2].equal(theirs[2])


def test_a_head_of_the_whole_model_is_that_of_its_text_part():
    assert text_config(GEMMA_4B | {"tie_word_embeddings": False})["tie_word_embeddings"] is False


@pytest.mark.parametrize("whole", [{"hidden_size": 8}, {"model_type": "none"}, {"model_type": "llama", "hidden_size": "wide"}])
def test_a_configuration_that_is_none_is_refused(whole):
    with pytest.raises(ExportError, match="program_invalid: config.json is no configuration.*Download the checkpoint again"):
        text_config(whole)


def test_a_configuration_is_unchanged_by_a_second_reading():
    config = text_config(LLAMA_32_1B)
    assert AutoConfig.for_model(**config).to_dict()["rope_parameters"] == config["rope_parameters"]
    assert text_config(config) == config


def test_stop_tokens_come_from_whoever_says_most():
    config = text_config(GEMMA_4B)
    assert stop_tokens({"eos_token_id": [7]}, GEMMA_4B, config) == [7]
    assert stop_tokens({}, GEMMA_4B, config) == [1, 106]
    assert stop_tokens({}, {}, config) == [1]
    assert stop_tokens({}, {}, {}) == []


def test_sampling_is_the_makers():
    qwen3 = {"do_sample": True, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "eos_token_id": [151645, 151643]}
    assert sampling_of(qwen3) == {"temperature": 0.6, "repetitionPenalty": 1.0, "topK": 20, "topP": 0.95}
    gemma = {"do_sample": True, "top_k": 64, "top_p": 0.95, "cache_implementation": "hybrid"}
    assert sampling_of(gemma) == {"temperature": 1.0, "repetitionPenalty": 1.0, "topK": 64, "topP": 0.95}
    assert sampling_of({"temperature": 0.6}) == sampling_of({}) == {}


@pytest.mark.parametrize("value", ["hot", -1, float("nan"), True])
def test_sampling_that_is_no_number_is_refused(value):
    with pytest.raises(ExportError, match="program_invalid: generation_config.json has temperature"):
        sampling_of({"do_sample": True, "temperature": value})


def test_an_export_takes_them_over(llama_folder, tmp_path):
    from pteron_export.checkpoints import open_checkpoint

    folder = tmp_path / "llama"
    folder.mkdir()
    for file in llama_folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    generation = {"do_sample": True, "temperature": 0.7, "eos_token_id": [2, 5]}
    (folder / "generation_config.json").write_text(json.dumps(generation))
    checkpoint = open_checkpoint(folder)
    assert checkpoint.eos == [2, 5] and checkpoint.sampling["temperature"] == 0.7


@pytest.mark.parametrize("prefix", ["language_model.model.", "model.language_model."])
def test_an_image_model_s_text_part_is_read(prefix, gemma_folder, tmp_path):
    from safetensors.torch import load_file, save_file

    from pteron_export.checkpoints import open_checkpoint

    tensors = {prefix + name.removeprefix("model."): t for name, t in load_file(gemma_folder / "model.safetensors").items()}
    tensors["vision_tower.vision_model.post_layernorm.weight"] = next(iter(tensors.values())).clone()
    save_file(tensors, tmp_path / "model.safetensors")
    text = json.loads((gemma_folder / "config.json").read_text())
    whole = GEMMA_4B | {"text_config": text, "eos_token_id": [1, 4]}
    (tmp_path / "config.json").write_text(json.dumps(whole))
    (tmp_path / "tokenizer.json").write_bytes((gemma_folder / "tokenizer.json").read_bytes())
    image, plain = open_checkpoint(tmp_path), open_checkpoint(gemma_folder)
    assert image.config == plain.config and image.recipe is plain.recipe and image.eos == [1, 4]
    for name in ("embed_tokens.weight", "layers.2.self_attn.q_norm.weight", "norm.weight"):
        assert image.get(name).equal(plain.get(name))
