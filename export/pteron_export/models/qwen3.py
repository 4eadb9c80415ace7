"""Qwen 3 (dense), written for export. Reference: transformers/models/qwen3/modeling_qwen3.py.

Llama's layers with a norm of each head's queries and keys before RoPE, and head dimensions that are stated, not derived.
"""

import torch
from torch import nn

from . import llama
from .layers import Limits, RMSNorm

FAMILY = "qwen3"
ARCHITECTURES = ("Qwen3ForCausalLM",)
GGUF_ARCHITECTURES = ("qwen3",)


class Attention(llama.Attention):
    def __init__(self, config: dict, limits: Limits, window: int | None = None):
        super().__init__(config, limits, window)
        self.q_norm = RMSNorm(self.dim, config["rms_norm_eps"])
        self.k_norm = RMSNorm(self.dim, config["rms_norm_eps"])

    def normed_queries(self, q: torch.Tensor) -> torch.Tensor:
        return self.q_norm(q)

    def normed_keys(self, k: torch.Tensor) -> torch.Tensor:
        return self.k_norm(k)


adapt_tensor = llama.adapt_tensor
to_transformers = llama.to_transformers


def build(config: dict, limits: Limits) -> nn.Module:
    return llama.Llama(config, limits, Attention)
