"""Qwen 2.5 in GGUF: Llama's names and metadata, with rows in transformers' order.
Source: llama.cpp's gguf-py/gguf/constants.py and convert_hf_to_gguf.py."""

from . import gguf_llama

LAYER_NAMES = gguf_llama.LAYER_NAMES


def config_of(field, tensors: dict) -> dict:
    return gguf_llama.shape_of(field, tensors, "qwen2")


def row_order(name: str, config: dict) -> None:
    """The RoPE of this architecture pairs a head's halves, as transformers does."""
