"""Qwen 3.5, dense, the text part: written for export. Reference: transformers/models/qwen3_5/modeling_qwen3_5.py.

Special to the family: three of four layers are recurrent (gated_delta_net.py); the others attend with an output gate and rotate the
first part of each head only; weights of norms stored as w - 1, but for the recurrent layers' own.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from . import llama
from .cache import FullCache
from .gated_delta_net import GatedDeltaNet
from .layers import Limits, RMSNorm, TiedHead, embedding, heads_first, heads_last, linear, read_position
from .recurrent import SLOTS, SlotStep, read_slots

FAMILY = "qwen3_5"
ARCHITECTURES = ("Qwen3_5ForCausalLM", "Qwen3_5ForConditionalGeneration")
GGUF_ARCHITECTURES = ()
DENSE = (".in_proj_a.weight", ".in_proj_b.weight", ".conv1d.weight")
"""Never quantized: small, and what they get wrong the state keeps."""


def rope_of(config: dict) -> tuple[int, float]:
    """(dimensions rotated, base). Text has one position, so the three of multimodal RoPE are the same."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default":
        raise ExportError("program_unsupported", f"Qwen 3.5 with RoPE scaling '{kind}' is not supported.")
    part = rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 0.25))
    return int(llama.head_dim_of(config) * part), float(rope.get("rope_theta", config.get("rope_theta", 10_000_000.0)))


def layer_types_of(config: dict) -> list[str]:
    interval = config.get("full_attention_interval", 4)
    types = ["linear_attention" if (i + 1) % interval else "full_attention" for i in range(config["num_hidden_layers"])]
    return config.get("layer_types") or types


class Attention(nn.Module):
    def __init__(self, config: dict, limits: Limits):
        super().__init__()
        hidden, self.dim, eps = config["hidden_size"], llama.head_dim_of(config), config["rms_norm_eps"]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        bias = config.get("attention_bias", False)
        self.q_proj = linear(hidden, 2 * self.heads * self.dim, bias)
        self.k_proj = linear(hidden, self.kv_heads * self.dim, bias)
        self.v_proj = linear(hidden, self.kv_heads * self.dim, bias)
        self.o_proj = linear(self.heads * self.dim, hidden, bias)
        self.q_norm, self.k_norm = RMSNorm(self.dim, eps), RMSNorm(self.dim, eps)
        self.rotated, self.base = rope_of(config)
        self.cache = FullCache(self.kv_heads, self.dim, limits)

    def rope(self, x: torch.Tensor, position: int) -> torch.Tensor:
        return torch.ops.mlx.rope(x, self.rotated, position, False, self.base, 1.0)

    def forward(self, x: torch.Tensor, step: SlotStep) -> torch.Tensor:
        both = self.q_proj(x).view(1, x.shape[1], self.heads, 2 * self.dim)
        q = self.rope(self.q_norm(both[..., : self.dim]).transpose(1, 2), step.position)
        k = self.rope(self.k_norm(heads_first(self.k_proj(x), self.kv_heads)), step.position)
        v = heads_first(self.v_proj(x), self.kv_heads)
        y = heads_last(self.cache.attend(q, k, v, step, self.dim**-0.5))
        return self.o_proj(y * F.sigmoid(both[..., self.dim :].reshape(y.shape)))


class Layer(nn.Module):
    def __init__(self, config: dict, layer_type: str, limits: Limits, mlp: nn.Module):
        super().__init__()
        if layer_type == "linear_attention":
            self.linear_attn = GatedDeltaNet(config, limits)
        else:
            self.self_attn = Attention(config, limits)
        self.recurrent, self.mlp = layer_type == "linear_attention", mlp
        self.input_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.post_attention_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, x: torch.Tensor, step: SlotStep) -> torch.Tensor:
        mixer = self.linear_attn if self.recurrent else self.self_attn
        x = x + mixer(self.input_layernorm(x), step)
        return x + self.mlp(self.post_attention_layernorm(x))


class Qwen3_5(nn.Module):
    """forward(tokens int64[1,S], position int64[1], keep int64[K], slots int64[2]) → logits fp32 [1,K,V] of the rows `keep`;
    recurrent state is read from slots[0], where it was written after the token before `position`, and written to slots[1]."""

    def __init__(self, config: dict, limits: Limits, mlp=llama.MLP):
        super().__init__()
        self.limits, self.window, self.slots = limits, None, SLOTS
        self.embed_tokens = embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Layer(config, kind, limits, mlp(config)) for kind in layer_types_of(config))
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        tied = config.get("tie_word_embeddings", False)
        self.lm_head = TiedHead(self.embed_tokens) if tied else linear(config["hidden_size"], config["vocab_size"], False)

    def forward(self, tokens: torch.Tensor, position: torch.Tensor, keep: torch.Tensor, slots: torch.Tensor) -> torch.Tensor:
        read, write = read_slots(slots)
        step = SlotStep(read_position(position, tokens, self.limits.context), read=read, write=write)
        x = self.embed_tokens(tokens)
        for layer in self.layers:
            x = layer(x, step)
        return self.lm_head(self.norm(x.index_select(1, keep))).float()


def _is_centred(name: str) -> bool:
    return name.endswith("norm.weight") and not name.endswith("linear_attn.norm.weight")


def adapt_tensor(name: str, tensor):
    """Norms as they are applied (stored as w - 1), A_log as the factor that it stands for, a convolution as its taps."""
    if _is_centred(name):
        return tensor.float() + 1
    if name.endswith(".A_log.weight"):
        return -tensor.float().exp()
    return tensor.squeeze(1).T if name.endswith(".conv1d.weight") else tensor


def to_transformers(name: str, tensor):
    """The inverse of adapt_tensor, for transformers' own name."""
    if _is_centred(name):
        return tensor.float() - 1
    if name.endswith(".A_log"):
        return (-tensor).log()
    return tensor.T.unsqueeze(1).contiguous() if name.endswith(".conv1d.weight") else tensor


def build(config: dict, limits: Limits) -> nn.Module:
    return Qwen3_5(config, limits)
