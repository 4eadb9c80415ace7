"""Llama in GGUF: names, metadata and row order. Source: llama.cpp's gguf-py/gguf/constants.py and convert_hf_to_gguf.py."""

import torch

from ..errors import ExportError
from ..models.llama import llama3_wavelengths

LAYER_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}  # fmt: skip


def shape_of(field, tensors: dict, model_type: str) -> dict:
    """transformers' configuration from the metadata that all families of Llama's shape share."""
    hidden, heads = field("embedding_length"), field("attention.head_count")
    return {
        "model_type": model_type,
        "vocab_size": int(tensors["token_embd.weight"].shape[1]),
        "hidden_size": hidden,
        "intermediate_size": field("feed_forward_length"),
        "num_hidden_layers": field("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": field("attention.head_count_kv", heads),
        "head_dim": field("attention.key_length", hidden // heads),
        "rms_norm_eps": field("attention.layer_norm_rms_epsilon"),
        "max_position_embeddings": field("context_length"),
        "tie_word_embeddings": "output.weight" not in tensors,
        "rope_parameters": _rope_of(field),
    }


def _rope_of(field) -> dict:
    """A kind of scaling that is not supported goes into the configuration too: the recipe refuses it by name."""
    kind = field("rope.scaling.type", "none")
    rope = {"rope_type": "default" if kind == "none" else kind, "rope_theta": field("rope.freq_base", 10_000.0)}
    return rope if kind == "none" else rope | {"factor": field("rope.scaling.factor")}


def config_of(field, tensors: dict) -> dict:
    config = shape_of(field, tensors, "llama")
    if "rope_freqs.weight" in tensors:
        config["rope_parameters"] = _llama3_rope(config, torch.from_numpy(tensors["rope_freqs.weight"].data.copy()))
    return config


def _llama3_rope(config: dict, factors: torch.Tensor) -> dict:
    """GGUF stores what Llama 3's scaling does to each frequency, not its parameters: find the published set that does it."""
    base, dim = config["rope_parameters"]["rope_theta"], config["head_dim"]
    plain = base ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    for factor in (8.0, 32.0):  # Llama 3.1, Llama 3.2
        rope = {"rope_type": "llama3", "rope_theta": base, "factor": factor, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}  # fmt: skip
        if torch.allclose(llama3_wavelengths(rope, base, dim).double() / plain, factors.double(), rtol=1e-3):
            return rope
    raise ExportError("program_unsupported", "The GGUF file's RoPE factors are none of Llama 3.1's or 3.2's.")


def row_order(name: str, config: dict):
    """GGUF pairs neighbouring rows of each head's queries and keys for its RoPE; transformers pairs the head's halves."""
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}.get(name.split(".")[-2])
    if heads is None:
        return None
    return torch.arange(heads * config["head_dim"]).reshape(heads, -1, 2).transpose(1, 2).flatten()
