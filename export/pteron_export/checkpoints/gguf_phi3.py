"""Phi-3 and Phi-4 mini in GGUF: names and metadata. Source: llama.cpp's gguf-py/gguf/constants.py and convert_hf_to_gguf.py."""

import numpy as np

from . import gguf_llama, gguf_qwen2

LAYER_NAMES = gguf_llama.LAYER_NAMES | {"self_attn.qkv_proj": "attn_qkv", "mlp.gate_up_proj": "ffn_up"}
row_order = gguf_qwen2.row_order


def config_of(field, tensors: dict) -> dict:
    """transformers' configuration. LongRoPE's factors are tensors of the file; a sliding window of 0 means none."""
    config = gguf_llama.shape_of(field, tensors, "phi3")
    original = field("rope.scaling.original_context_length", config["max_position_embeddings"])
    rope = {
        "rope_type": "default",
        "rope_theta": field("rope.freq_base", 10_000.0),
        "partial_rotary_factor": field("rope.dimension_count", config["head_dim"]) / config["head_dim"],
    }
    if "rope_factors_long.weight" in tensors:
        rope |= {
            "rope_type": "longrope",
            "original_max_position_embeddings": original,
            "attention_factor": field("rope.scaling.attn_factor"),
            "short_factor": _values(tensors["rope_factors_short.weight"]),
            "long_factor": _values(tensors["rope_factors_long.weight"]),
        }
    window = field("attention.sliding_window", 0) or None
    return config | {"original_max_position_embeddings": original, "sliding_window": window, "rope_parameters": rope}


def _values(tensor) -> list[float]:
    return np.asarray(tensor.data, np.float32).tolist()
