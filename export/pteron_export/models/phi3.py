"""Phi-3 and Phi-4 mini, written for export. Reference: transformers/models/phi3/modeling_phi3.py.

Special to the family: one matrix for queries, keys and values, one for gate and up; RoPE on the first part of each head only
(`partial_rotary_factor`); LongRoPE, which stretches each wavelength by a factor of its own and scales what it rotates.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from ..errors import ExportError
from . import llama
from .cache import Step
from .layers import Limits, heads_first, heads_last, linear

FAMILY = "phi3"
ARCHITECTURES = ("Phi3ForCausalLM",)
GGUF_ARCHITECTURES = ("phi3",)


def settle(config: dict, limits: Limits) -> tuple[dict, list[str]]:
    """The configuration with one list of LongRoPE factors in both places, and what the user should know about the choice.

    transformers takes the long factors once a sequence exceeds the original context, and then for its first tokens too; keys
    that were rotated with the short ones are wrong from there on. A program's cache is kept, so the choice is made for its whole
    context, as llama.cpp makes it too."""
    rope = config["rope_parameters"]
    if rope["rope_type"] != "longrope":
        return config, []
    original = rope["original_max_position_embeddings"]
    kind = "long_factor" if limits.context > original else "short_factor"
    chosen = config | {"rope_parameters": rope | {"short_factor": rope[kind], "long_factor": rope[kind]}}
    if kind == "short_factor":
        return chosen, []
    return chosen, [
        f"a context of {limits.context} uses LongRoPE's long factors at every length, which costs a little quality in short "
        f"texts; --context {original} uses the short ones"
    ]


def rope_of(config: dict) -> tuple[int, torch.Tensor, float]:
    """(dimensions rotated, wavelengths [dimensions / 2], scale of what is rotated) of a settled configuration.
    Source: transformers/modeling_rope_utils.py `_compute_longrope_parameters`."""
    rope = config["rope_parameters"]
    dim = int(llama.head_dim_of(config) * rope.get("partial_rotary_factor", 1.0))
    wavelengths = float(rope["rope_theta"]) ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    if rope["rope_type"] == "default":
        return dim, wavelengths.float(), 1.0
    if rope["rope_type"] != "longrope":
        raise ExportError("program_unsupported", f"Phi with RoPE scaling '{rope['rope_type']}' is not supported.")
    original = rope["original_max_position_embeddings"]
    factor = rope.get("factor") or config["max_position_embeddings"] / original
    scale = rope.get("attention_factor") or (math.sqrt(1 + math.log(factor) / math.log(original)) if factor > 1 else 1.0)
    return dim, (wavelengths * torch.tensor(rope["short_factor"], dtype=torch.float64)).float(), scale


class Attention(nn.Module):
    def __init__(self, config: dict, limits: Limits, window: int | None = None):
        super().__init__()
        hidden, self.dim = config["hidden_size"], llama.head_dim_of(config)
        self.heads = config["num_attention_heads"]
        self.kv_heads = config.get("num_key_value_heads") or self.heads
        self.qkv_proj = linear(hidden, (self.heads + 2 * self.kv_heads) * self.dim)
        self.o_proj = linear(self.heads * self.dim, hidden)
        self.rotated, wavelengths, scale = rope_of(config)
        self.register_buffer("wavelengths", wavelengths, persistent=False)
        scales = torch.ones(self.dim).masked_fill(torch.arange(self.dim) < self.rotated, scale)
        self.register_buffer("scales", None if scale == 1 else scales, persistent=False)
        self.cache = llama.cache_of(self.kv_heads, self.dim, window, limits)

    def rope(self, x: torch.Tensor, position: int) -> torch.Tensor:
        if self.scales is not None:  # in fp32: a rounded scale would change every score the same way
            x = (x.float() * self.scales).to(x.dtype)
        return torch.ops.mlx.rope(x, self.rotated, position, False, 10_000.0, 1.0, self.wavelengths)

    def forward(self, x: torch.Tensor, step: Step) -> torch.Tensor:
        qkv = heads_first(self.qkv_proj(x), self.heads + 2 * self.kv_heads)
        qk = self.rope(qkv[:, : -self.kv_heads], step.position)
        q, k, v = qk[:, : self.heads], qk[:, self.heads :], qkv[:, -self.kv_heads :]
        return self.o_proj(heads_last(self.cache.attend(q, k, v, step, self.dim**-0.5)))


class MLP(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        llama.require_silu(config)
        hidden, self.inner = config["hidden_size"], config["intermediate_size"]
        self.gate_up_proj = linear(hidden, 2 * self.inner)
        self.down_proj = linear(self.inner, hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        both = self.gate_up_proj(x)
        return self.down_proj(F.silu(both[..., : self.inner]) * both[..., self.inner :])


adapt_tensor = llama.adapt_tensor
to_transformers = llama.to_transformers


def build(config: dict, limits: Limits) -> nn.Module:
    return llama.Llama(settle(config, limits)[0], limits, Attention, MLP)
