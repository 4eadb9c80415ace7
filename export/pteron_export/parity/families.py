"""The families of the table, each as a tiny model whose special cases are switched on."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import torch

from .. import models
from ..fixtures.models import GEMMA, LLAMA, LLAMA3_ROPE, PHI, QWEN2, QWEN3, QWEN3_5, QWEN3_5_MOE, QWEN3_MOE
from ..fixtures.random_weights import random_weight

_SIZES = {
    "hidden_size": 64, "intermediate_size": 128, "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 2,
}  # fmt: skip
_HYBRID = _SIZES | {"num_hidden_layers": 4, "linear_value_head_dim": 32}
_TIED = {"tie_word_embeddings": True}
_BOTH_KINDS = {"layer_types": ["sliding_attention", "full_attention"]}
_GEMMA_4B_ROPE = GEMMA["rope_parameters"] | {
    "full_attention": {"rope_type": "linear", "rope_theta": 1_000_000.0, "factor": 8.0}
}


@dataclass(frozen=True, eq=False)
class Family:
    key: str
    """For --family."""
    name: str
    """The models it stands for."""
    architecture: str
    """transformers' class."""
    special: str
    """What is switched on, for the table."""
    config: dict
    weight: Callable[[str, tuple[int, ...], torch.Generator], torch.Tensor] = random_weight
    """(name in the checkpoint without `model.`, shape, generator) → fp32 values as the model applies them."""

    @property
    def recipe(self) -> ModuleType:
        return models.recipe_for(self.architecture)


FAMILIES = (
    Family(
        "llama", "SmolLM2", "LlamaForCausalLM", "grouped queries, a head of its own",
        LLAMA | _SIZES,
    ),
    Family(
        "llama3", "Llama 3.2", "LlamaForCausalLM", "Llama 3's scaled RoPE, tied head",
        LLAMA | _SIZES | _TIED | {"rope_parameters": LLAMA3_ROPE},
    ),
    Family(
        "qwen2", "Qwen 2.5 Coder", "Qwen2ForCausalLM", "biases on queries, keys and values",
        QWEN2 | _SIZES | _TIED,
    ),
    Family(
        "qwen3", "Qwen 3", "Qwen3ForCausalLM", "norms of queries and keys, heads wider than the hidden size",
        QWEN3 | _SIZES | _TIED | {"head_dim": 32},
    ),
    Family(
        "qwen3-moe", "Qwen 3 Coder", "Qwen3MoeForCausalLM", "experts in one layer, a dense MLP in the other",
        QWEN3_MOE | _SIZES | _TIED | {"moe_intermediate_size": 64},
    ),
    Family(
        "qwen3_5", "Qwen 3.5, dense", "Qwen3_5ForCausalLM", "gated delta nets with convolutions, output gates, partial rotary",
        QWEN3_5 | _HYBRID,
    ),
    Family(
        "qwen3_5-moe", "Qwen 3.5 35B-A3B", "Qwen3_5MoeForCausalLM", "the same with experts and a shared one",
        QWEN3_5_MOE | _HYBRID | {"moe_intermediate_size": 64, "shared_expert_intermediate_size": 64, "tie_word_embeddings": False},
    ),
    Family(
        "phi3", "Phi-4 mini", "Phi3ForCausalLM", "fused projections, three quarters of a head rotated, LongRoPE's long factors",
        PHI | _SIZES | _TIED,
    ),
    Family(
        "phi3-short", "Phi-4 mini within its original context", "Phi3ForCausalLM", "LongRoPE's short factors",
        PHI | _SIZES | _TIED | {
            "original_max_position_embeddings": 256, "max_position_embeddings": 1024,
            "rope_parameters": PHI["rope_parameters"] | {"original_max_position_embeddings": 256},
        },
    ),
    Family(
        "gemma3", "Gemma 3 270M and 1B", "Gemma3ForCausalLM", "sliding and global layers, two RoPE bases, capped logits",
        GEMMA | _SIZES | _BOTH_KINDS | {"final_logit_softcapping": 4.0},
    ),
    Family(
        "gemma3-4b", "Gemma 3 4B (text)", "Gemma3ForConditionalGeneration", "linear RoPE scaling on global layers",
        GEMMA | _SIZES | _BOTH_KINDS | {"rope_parameters": _GEMMA_4B_ROPE},
    ),
)  # fmt: skip
