"""Writes tiny GGUF files from the tiny checkpoints, as llama.cpp's converter would."""

import json
import math
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type

from pteron_export.checkpoints.gguf_file import _FAMILIES
from pteron_export.fixtures.models import build
from pteron_export.fixtures.tokenizer import CHATML_MARKERS, CHATML_TEMPLATE, train
from pteron_export.models import llama
from pteron_export.reference import program_weights

from .conftest import case

_TOP = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def write_gguf(id: str, path: Path, kind: Type = Type.Q8_0, architecture: str | None = None) -> dict[str, torch.Tensor]:
    """Returns the exact values that the file holds, by transformers' names and in transformers' row order."""
    tiny = case(id)
    model, recipe = build(tiny)
    config, held = tiny.config, {}
    writer = gguf.GGUFWriter(path, architecture or recipe.FAMILY)
    for name, weight in program_weights(model):
        raw, own = np.ascontiguousarray(weight.numpy()), name.removeprefix("model.")
        order = llama_order(own, config) if recipe is llama else None
        raw = raw if order is None else np.ascontiguousarray(raw[np.argsort(order)])
        if raw.ndim == 2:
            blocks = gguf.quantize(raw, kind)
            writer.add_tensor(_gguf_name(recipe, name), blocks, raw_dtype=kind)
            values = torch.from_numpy(gguf.dequantize(blocks, kind))
            held[own] = values if order is None else values[torch.from_numpy(order)]
        else:
            writer.add_tensor(_gguf_name(recipe, name), raw)
            held[own] = weight
    _write_metadata(writer, config)
    if "long_factor" in config["rope_parameters"]:
        _write_longrope(writer, config)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return held


def llama_order(name: str, config: dict) -> np.ndarray | None:
    """transformers' `_reverse_permute_weights` (modeling_gguf_pytorch_utils.py), applied to row numbers."""
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}.get(name.split(".")[-2])
    if heads is None:
        return None
    rows = np.arange(heads * config["head_dim"])
    return rows.reshape(heads, config["head_dim"] // 2, 2).swapaxes(2, 1).reshape(-1)


def _gguf_name(recipe, name: str) -> str:
    if name in _TOP:
        return _TOP[name]
    _, _, index, rest = name.split(".", 3)
    module, _, kind = rest.rpartition(".")
    return f"blk.{index}.{_FAMILIES[recipe.FAMILY].LAYER_NAMES[module]}.{kind}"


def _write_metadata(writer: gguf.GGUFWriter, config: dict) -> None:
    writer.add_name("Tiny")
    writer.add_license("mit")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    rope = config["rope_parameters"]
    writer.add_rope_freq_base(rope.get("full_attention", rope)["rope_theta"])
    if "sliding_window" in config:
        writer.add_sliding_window(config["sliding_window"])
    if "layer_types" in config:
        writer.add_sliding_window_pattern(2)
    tokens = train(CHATML_MARKERS, None)
    vocabulary = sorted(tokens.get_vocab().items(), key=lambda entry: entry[1])
    merges = json.loads(tokens.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([token for token, _ in vocabulary])
    control = gguf.TokenType.CONTROL
    writer.add_token_types([control if t in CHATML_MARKERS else gguf.TokenType.NORMAL for t, _ in vocabulary])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML_TEMPLATE)


def _write_longrope(writer: gguf.GGUFWriter, config: dict) -> None:
    """As llama.cpp's Phi3MiniModel: the factors as tensors, the scale worked out from the two contexts."""
    rope = config["rope_parameters"]
    original = rope["original_max_position_embeddings"]
    writer.add_rope_scaling_orig_ctx_len(original)
    writer.add_rope_dimension_count(int(config["head_dim"] * rope["partial_rotary_factor"]))
    growth = config["max_position_embeddings"] / original
    writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(growth) / math.log(original)))
    for kind in ("long", "short"):
        writer.add_tensor(f"rope_factors_{kind}.weight", np.array(rope[f"{kind}_factor"], np.float32))
