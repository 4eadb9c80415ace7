"""Llama (also SmolLM2), written for export. Reference: transformers/models/llama/modeling_llama.py."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from .layers import FullCache, Limits, RMSNorm, Step, TiedHead, embedding, heads_first, heads_last, linear, read_position

FAMILY = "llama"
ARCHITECTURES = ("LlamaForCausalLM",)
GGUF_ARCHITECTURES = ("llama",)


def rope_of(config: dict) -> tuple[float, float, torch.Tensor | None]:
    """(base, scale of positions, wavelengths or None). Wavelengths [dim / 2] replace the base for Llama 3's scaling."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    base = float(rope.get("rope_theta", config.get("rope_theta", 10_000.0)))
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "default":
        return base, 1.0, None
    if kind == "linear":
        return base, 1.0 / float(rope["factor"]), None
    if kind == "llama3":
        return base, 1.0, llama3_wavelengths(rope, base, head_dim_of(config))
    raise ExportError("program_unsupported", f"Llama with RoPE scaling '{kind}' is not supported.")


def llama3_wavelengths(rope: dict, base: float, dim: int) -> torch.Tensor:
    """1 / inverse frequencies: short wavelengths as they are, long ones stretched by `factor`, a smooth passage between.
    Source: transformers/modeling_rope_utils.py `_compute_llama3_parameters`."""
    inverse = 1.0 / base ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    factor, low, high = rope["factor"], rope["low_freq_factor"], rope["high_freq_factor"]
    old_context = rope["original_max_position_embeddings"]
    wavelength = 2 * math.pi / inverse
    smooth = ((old_context / wavelength - low) / (high - low)).clamp(0, 1)
    return (1.0 / ((1 - smooth) * inverse / factor + smooth * inverse)).float()


def head_dim_of(config: dict) -> int:
    return config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]


class Attention(nn.Module):
    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        hidden, self.dim = config["hidden_size"], head_dim_of(config)
        self.heads = config["num_attention_heads"]
        self.kv_heads = config.get("num_key_value_heads") or self.heads
        bias = config.get("attention_bias", False)
        self.q_proj = linear(hidden, self.heads * self.dim, bias)
        self.k_proj = linear(hidden, self.kv_heads * self.dim, bias)
        self.v_proj = linear(hidden, self.kv_heads * self.dim, bias)
        self.o_proj = linear(self.heads * self.dim, hidden, bias)
        self.base, self.rope_scale, wavelengths = rope_of(config)
        self.register_buffer("wavelengths", wavelengths, persistent=False)
        self.cache = FullCache(self.kv_heads, self.dim, limits)

    def rope(self, x: torch.Tensor, position: int) -> torch.Tensor:
        return torch.ops.mlx.rope(x, self.dim, position, False, self.base, self.rope_scale, self.wavelengths)

    def forward(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        q = self.rope(heads_first(self.q_proj(x), self.heads), step.position)
        k = self.rope(heads_first(self.k_proj(x), self.kv_heads), step.position)
        v = heads_first(self.v_proj(x), self.kv_heads)
        return self.o_proj(heads_last(self.cache.attend(q, k, v, step, self.dim**-0.5)))


class MLP(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        hidden, inner, bias = config["hidden_size"], config["intermediate_size"], config.get("mlp_bias", False)
        self.gate_proj = linear(hidden, inner, bias)
        self.up_proj = linear(hidden, inner, bias)
        self.down_proj = linear(inner, hidden, bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        self.self_attn, self.mlp = Attention(config, limits), MLP(config)
        self.input_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.post_attention_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        x = x + self.self_attn(self.input_layernorm(x), step)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    """forward(tokens int64[1,S], position int64[1], keep int64[K]) → logits fp32 [1,K,V] of the rows `keep` of this call."""

    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        self.limits, self.window = limits, None
        self.embed_tokens = embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Layer(config, limits) for _ in range(config["num_hidden_layers"]))
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        tied = config.get("tie_word_embeddings", False)
        self.lm_head = TiedHead(self.embed_tokens) if tied else linear(config["hidden_size"], config["vocab_size"], False)

    def forward(self, tokens: torch.Tensor, position: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        step = Step(read_position(position, tokens, self.limits.context))
        x = self.embed_tokens(tokens)
        for layer in self.layers:
            x = layer(x, step)
        return self.lm_head(self.norm(x.index_select(1, keep))).float()


def adapt_tensor(name: str, tensor):
    """Nothing is stored differently from how it is applied."""
    return tensor


def to_transformers(name: str, tensor):
    """The inverse of adapt_tensor."""
    return tensor


GGUF_LAYER_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}  # fmt: skip


def gguf_config(field, tensors: dict) -> dict:
    """transformers' configuration from GGUF metadata."""
    hidden, heads = field("embedding_length"), field("attention.head_count")
    config = {
        "model_type": "llama",
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
        "rope_parameters": {"rope_type": "default", "rope_theta": field("rope.freq_base", 10_000.0)},
    }
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


def gguf_row_order(name: str, config: dict):
    """GGUF pairs neighbouring rows of each head's queries and keys for its RoPE; transformers pairs the head's halves."""
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}.get(name.split(".")[-2])
    if heads is None:
        return None
    return torch.arange(heads * config["head_dim"]).reshape(heads, -1, 2).transpose(1, 2).flatten()


def build(config: dict, limits: Limits) -> nn.Module:
    return Llama(config, limits)
