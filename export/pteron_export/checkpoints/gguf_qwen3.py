"""Qwen 3 (dense) in GGUF: Qwen 2.5's layout with norms of queries and keys.
Source: llama.cpp's gguf-py/gguf/constants.py and convert_hf_to_gguf.py."""

from . import gguf_llama, gguf_qwen2

LAYER_NAMES = gguf_llama.LAYER_NAMES | {"self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm"}
row_order = gguf_qwen2.row_order


def config_of(field, tensors: dict) -> dict:
    return gguf_llama.shape_of(field, tensors, "qwen3")
