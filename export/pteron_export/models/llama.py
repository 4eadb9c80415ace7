"""Llama (also SmolLM2), written for export. Reference: transformers/models/llama/modeling_llama.py.

Families of the same shape give their own attention or MLP to `Llama`.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from .cache import FullCache, SlidingCache, Step, window_mask
from .layers import Limits, RMSNorm, TiedHead, embedding, heads_first, heads_last, linear, read_position

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
    raise ExportError("program_unsupported", f"The RoPE scaling '{kind}' is not supported for this family.")


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


def windows_of(config: dict, limits: Limits) -> list[int | None]:
    """Each layer's sliding window; None where it hides nothing of the context."""
    window, count = config.get("sliding_window"), config["num_hidden_layers"]
    if window is None or window >= limits.context or config.get("use_sliding_window") is False:
        return [None] * count
    types = config.get("layer_types") or ["sliding_attention"] * count
    return [window if kind == "sliding_attention" else None for kind in types]


def cache_of(heads: int, dim: int, window: int | None, limits: Limits) -> nn.Module:
    return FullCache(heads, dim, limits) if window is None else SlidingCache(heads, dim, window, limits)


class Attention(nn.Module):
    def __init__(self, config: dict, limits: Limits, window: int | None = None):
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
        self.cache = cache_of(self.kv_heads, self.dim, window, limits)

    def normed_queries(self, q: torch.Tensor) -> torch.Tensor:
        return q

    def normed_keys(self, k: torch.Tensor) -> torch.Tensor:
        return k

    def rope(self, x: torch.Tensor, position: int) -> torch.Tensor:
        return torch.ops.mlx.rope(x, self.dim, position, False, self.base, self.rope_scale, self.wavelengths)

    def forward(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        q = self.rope(self.normed_queries(heads_first(self.q_proj(x), self.heads)), step.position)
        k = self.rope(self.normed_keys(heads_first(self.k_proj(x), self.kv_heads)), step.position)
        v = heads_first(self.v_proj(x), self.kv_heads)
        return self.o_proj(heads_last(self.cache.attend(q, k, v, step, self.dim**-0.5)))


def require_silu(config: dict) -> None:
    if config.get("hidden_act", "silu") != "silu":
        raise ExportError("program_unsupported", f"The activation '{config['hidden_act']}' is not supported for this family.")


class MLP(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        require_silu(config)
        hidden, inner, bias = config["hidden_size"], config["intermediate_size"], config.get("mlp_bias", False)
        self.gate_proj = linear(hidden, inner, bias)
        self.up_proj = linear(hidden, inner, bias)
        self.down_proj = linear(inner, hidden, bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config: dict, attention: nn.Module, mlp: nn.Module):
        super().__init__()
        self.self_attn, self.mlp = attention, mlp
        self.input_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.post_attention_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        x = x + self.self_attn(self.input_layernorm(x), step)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    """forward(tokens int64[1,S], position int64[1], keep int64[K]) → logits fp32 [1,K,V] of the rows `keep` of this call."""

    def __init__(self, config: dict, limits: Limits, attention: type[nn.Module] = Attention, mlp: type[nn.Module] = MLP):
        super().__init__()
        windows = windows_of(config, limits)
        self.limits, self.window = limits, max((w for w in windows if w is not None), default=None)
        self.embed_tokens = embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Layer(config, attention(config, limits, window), mlp(config)) for window in windows)
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        tied = config.get("tie_word_embeddings", False)
        self.lm_head = TiedHead(self.embed_tokens) if tied else linear(config["hidden_size"], config["vocab_size"], False)

    def forward(self, tokens: torch.Tensor, position: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        return self.logits(self.embed_tokens(tokens), position, keep)

    def logits(self, x: torch.Tensor, position: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """`x` [1,S,D]: the tokens' embeddings, or what stands at their place."""
        start = read_position(position, x, self.limits.context)
        step = Step(start, None if self.window is None else window_mask(start, x.shape[1], self.window))
        for layer in self.layers:
            x = layer(x, step)
        return self.lm_head(self.norm(x.index_select(1, keep))).float()


def adapt_tensor(name: str, tensor):
    """Nothing is stored differently from how it is applied."""
    return tensor


def to_transformers(name: str, tensor):
    """The inverse of adapt_tensor."""
    return tensor


def build(config: dict, limits: Limits) -> nn.Module:
    return Llama(config, limits)
