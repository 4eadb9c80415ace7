"""Gemma 3 (text), written for export. Reference: transformers/models/gemma3/modeling_gemma3.py.

Special to the family: four norms a layer, norms of queries and keys, weights of norms stored as w - 1, an embedding scaled by
√hidden, GELU (tanh), layers with a sliding window and their own RoPE base between layers that see everything.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from .cache import FullCache, SlidingCache, Step, window_mask
from .layers import Limits, RMSNorm, TiedHead, embedding, heads_first, heads_last, linear, read_position

FAMILY = "gemma3"
ARCHITECTURES = ("Gemma3ForCausalLM", "Gemma3ForConditionalGeneration")
GGUF_ARCHITECTURES = ("gemma3",)


def rope_of(config: dict, layer_type: str) -> tuple[float, float]:
    """(base, scale of positions) of a layer type, from transformers' new (`rope_parameters`) or old configuration keys."""
    new = (config.get("rope_parameters") or {}).get(layer_type)
    if new is None and layer_type == "sliding_attention":
        return float(config.get("rope_local_base_freq", 10_000.0)), 1.0
    rope = new or (config.get("rope_scaling") or {})
    base = float(rope.get("rope_theta", config.get("rope_theta", 1_000_000.0)))
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind not in ("default", "linear"):
        raise ExportError("program_unsupported", f"Gemma 3 with RoPE scaling '{kind}' is not supported.")
    return base, 1.0 / float(rope["factor"]) if kind == "linear" else 1.0


def layer_types_of(config: dict) -> list[str]:
    if config.get("layer_types"):
        return config["layer_types"]
    pattern = config.get("sliding_window_pattern", config.get("_sliding_window_pattern", 6))
    count = config["num_hidden_layers"]
    return ["full_attention" if (i + 1) % pattern == 0 else "sliding_attention" for i in range(count)]


class Attention(nn.Module):
    def __init__(self, config: dict, layer_type: str, limits: Limits):
        super().__init__()
        hidden, dim, eps = config["hidden_size"], config["head_dim"], config["rms_norm_eps"]
        self.heads, self.kv_heads, self.dim = config["num_attention_heads"], config["num_key_value_heads"], dim
        bias = config.get("attention_bias", False)
        self.q_proj = linear(hidden, self.heads * dim, bias)
        self.k_proj = linear(hidden, self.kv_heads * dim, bias)
        self.v_proj = linear(hidden, self.kv_heads * dim, bias)
        self.o_proj = linear(self.heads * dim, hidden, bias)
        self.q_norm, self.k_norm = RMSNorm(dim, eps), RMSNorm(dim, eps)
        self.base, self.rope_scale = rope_of(config, layer_type)
        self.scale = config.get("query_pre_attn_scalar", dim) ** -0.5
        if layer_type == "sliding_attention":
            self.cache = SlidingCache(self.kv_heads, dim, config["sliding_window"], limits)
        else:
            self.cache = FullCache(self.kv_heads, dim, limits)

    def rope(self, x: torch.Tensor, position: int) -> torch.Tensor:
        return torch.ops.mlx.rope(x, self.dim, position, False, self.base, self.rope_scale)

    def forward(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        q = self.rope(self.q_norm(heads_first(self.q_proj(x), self.heads)), step.position)
        k = self.rope(self.k_norm(heads_first(self.k_proj(x), self.kv_heads)), step.position)
        v = heads_first(self.v_proj(x), self.kv_heads)
        return self.o_proj(heads_last(self.cache.attend(q, k, v, step, self.scale)))


class MLP(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        hidden, inner = config["hidden_size"], config["intermediate_size"]
        self.gate_proj = linear(hidden, inner, False)
        self.up_proj = linear(hidden, inner, False)
        self.down_proj = linear(inner, hidden, False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down_proj(F.gelu(self.gate_proj(x), approximate="tanh") * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config: dict, layer_type: str, limits: Limits):
        super().__init__()
        norm = lambda: RMSNorm(config["hidden_size"], config["rms_norm_eps"])  # noqa: E731
        self.self_attn, self.mlp = Attention(config, layer_type, limits), MLP(config)
        self.input_layernorm, self.post_attention_layernorm = norm(), norm()
        self.pre_feedforward_layernorm, self.post_feedforward_layernorm = norm(), norm()

    def forward(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        x = x + self.post_attention_layernorm(self.self_attn(self.input_layernorm(x), step))
        return x + self.post_feedforward_layernorm(self.mlp(self.pre_feedforward_layernorm(x)))


class Gemma3(nn.Module):
    """forward(tokens int64[1,S], position int64[1], keep int64[K]) → logits fp32 [1,K,V] of the rows `keep` of this call."""

    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        if config.get("attn_logit_softcapping"):
            raise ExportError("program_unsupported", "Gemma with soft-capped attention scores (Gemma 2) is not supported.")
        self.limits, self.softcap = limits, config.get("final_logit_softcapping")
        types = layer_types_of(config)
        self.window = config["sliding_window"] if "sliding_attention" in types else None
        self.embed_tokens = embedding(config["vocab_size"], config["hidden_size"])
        self.embed_scale = config["hidden_size"] ** 0.5
        self.layers = nn.ModuleList(Layer(config, t, limits) for t in types)
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.lm_head = TiedHead(self.embed_tokens)

    def forward(self, tokens: torch.Tensor, position: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        start = read_position(position, tokens, self.limits.context)
        step = Step(start, None if self.window is None else window_mask(start, tokens.shape[1], self.window))
        # √hidden is no bf16 number: the product is rounded once, not its factor too.
        x = (self.embed_tokens(tokens).float() * self.embed_scale).to(self.limits.dtype)
        for layer in self.layers:
            x = layer(x, step)
        logits = self.lm_head(self.norm(x.index_select(1, keep))).float()
        return logits if self.softcap is None else torch.tanh(logits / self.softcap) * self.softcap


def adapt_tensor(name: str, tensor):
    """A norm's weight as the model applies it: transformers stores w - 1. Everything else is unchanged."""
    return tensor.float() + 1 if name.endswith("norm.weight") else tensor


def to_transformers(name: str, tensor):
    """The inverse of adapt_tensor."""
    return tensor.float() - 1 if name.endswith("norm.weight") else tensor


def build(config: dict, limits: Limits) -> nn.Module:
    return Gemma3(config, limits)
