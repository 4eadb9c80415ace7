"""Qwen 2.5 and Qwen 2.5 Coder, written for export. Reference: transformers/models/qwen2/modeling_qwen2.py.

Llama's layers with biases on queries, keys and values only; the configuration does not mention them.
"""

from torch import nn

from . import llama
from .layers import Limits, linear

FAMILY = "qwen2"
ARCHITECTURES = ("Qwen2ForCausalLM",)
GGUF_ARCHITECTURES = ("qwen2",)


class Attention(llama.Attention):
    def __init__(self, config: dict, limits: Limits, window: int | None = None):
        super().__init__(config | {"attention_bias": True}, limits, window)
        self.o_proj = linear(self.heads * self.dim, config["hidden_size"], False)


adapt_tensor = llama.adapt_tensor
to_transformers = llama.to_transformers


def build(config: dict, limits: Limits) -> nn.Module:
    return llama.Llama(config, limits, Attention)
