"""Qwen 3.5 with a mixture of experts (35B-A3B), the text part: written for export.
Reference: transformers/models/qwen3_5_moe/modeling_qwen3_5_moe.py.

Qwen 3.5's layers; experts, and one that every token passes, take the place of each MLP. Weights of the layer that predicts
several tokens (`mtp.*`) are left in the checkpoint.
"""

from torch import nn

from . import llama, qwen3_5
from .layers import Limits
from .switch import SharedExpertMLP

FAMILY = "qwen3_5_moe"
ARCHITECTURES = ("Qwen3_5MoeForCausalLM", "Qwen3_5MoeForConditionalGeneration")
GGUF_ARCHITECTURES = ()
DENSE = (*qwen3_5.DENSE, ".mlp.gate.weight", ".shared_expert_gate.weight")

adapt_tensor = qwen3_5.adapt_tensor
to_transformers = qwen3_5.to_transformers


def _mlp(config: dict) -> nn.Module:
    return SharedExpertMLP(config, llama.MLP(config | {"intermediate_size": config["shared_expert_intermediate_size"]}))


def build(config: dict, limits: Limits) -> nn.Module:
    return qwen3_5.Qwen3_5(config, limits, _mlp)
