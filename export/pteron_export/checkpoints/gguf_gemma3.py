"""Gemma 3 in GGUF: names and metadata. Source: llama.cpp's gguf-py/gguf/constants.py and convert_hf_to_gguf.py."""

from ..models.gemma3 import layer_types_of

LAYER_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm", "post_feedforward_layernorm": "post_ffw_norm",
}  # fmt: skip


def config_of(field, tensors: dict) -> dict:
    """transformers' configuration from GGUF metadata. What GGUF leaves out (RoPE base of sliding layers, the 27B model's
    query scale) is fixed in llama.cpp's src/models/gemma3.cpp too."""
    hidden, heads, count = field("embedding_length"), field("attention.head_count"), field("block_count")
    head_dim = field("attention.key_length")
    pattern = field("attention.sliding_window_pattern", 6)
    full = {"rope_type": "default", "rope_theta": field("rope.freq_base")}
    if field("rope.scaling.type", "none") == "linear":
        full |= {"rope_type": "linear", "factor": field("rope.scaling.factor")}
    return {
        "model_type": "gemma3_text",
        "vocab_size": int(tensors["token_embd.weight"].shape[1]),
        "hidden_size": hidden,
        "intermediate_size": field("feed_forward_length"),
        "num_hidden_layers": count,
        "num_attention_heads": heads,
        "num_key_value_heads": field("attention.head_count_kv"),
        "head_dim": head_dim,
        "query_pre_attn_scalar": hidden // heads if count == 62 else head_dim,
        "rms_norm_eps": field("attention.layer_norm_rms_epsilon"),
        "sliding_window": field("attention.sliding_window"),
        "layer_types": layer_types_of({"num_hidden_layers": count, "sliding_window_pattern": pattern}),
        "max_position_embeddings": field("context_length"),
        "tie_word_embeddings": "output.weight" not in tensors,
        "rope_parameters": {
            "full_attention": full,
            "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
        },
    }


def row_order(name: str, config: dict) -> None:
    """GGUF keeps Gemma's rows in transformers' order."""
