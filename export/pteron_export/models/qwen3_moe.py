"""Qwen 3 with a mixture of experts (Qwen 3 Coder 30B-A3B), written for export.
Reference: transformers/models/qwen3_moe/modeling_qwen3_moe.py.

Qwen 3's layers; where a layer is sparse, experts take the place of its MLP.
"""

from torch import nn

from . import llama, qwen3
from .layers import Limits
from .switch import SparseMLP, expert_count

FAMILY = "qwen3_moe"
ARCHITECTURES = ("Qwen3MoeForCausalLM",)
GGUF_ARCHITECTURES = ()
DENSE = (".mlp.gate.weight",)
"""Never quantized: the router decides which experts are read at all, and is small."""


def is_sparse(config: dict, layer: int) -> bool:
    """Source: Qwen3MoeDecoderLayer's constructor."""
    step = config.get("decoder_sparse_step", 1)
    return layer not in (config.get("mlp_only_layers") or ()) and expert_count(config) > 0 and (layer + 1) % step == 0


adapt_tensor = llama.adapt_tensor
to_transformers = llama.to_transformers


def build(config: dict, limits: Limits) -> nn.Module:
    model = qwen3.build(config, limits)
    for index, layer in enumerate(model.layers):
        if is_sparse(config, index):
            layer.mlp = SparseMLP(config, normalize=config.get("norm_topk_prob", False))
    return model
