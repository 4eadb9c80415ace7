"""Matmul and row look-up on affine weights as operators of their own, and how they lower to MLX nodes.

executorch's route through torchao's tensors recomputes each bias from a zero point in the weights' dtype, so a GGUF's minima
would be rounded several times, and repacks every weight several times. These operators carry MLX's own arrays: what is stored
is what the checkpoint says, rounded once.
"""

import torch
from executorch.backends.mlx.builder.op_helpers import emit_quantized_biases
from executorch.backends.mlx.builder.op_registry import REGISTRY

from .affine import dequantize
from .lower_quantized import Slots, lower_product, lower_rows, words_slot


@torch.library.custom_op("pteron::affine_matmul", mutates_args=())
def affine_matmul(
    x: torch.Tensor, words: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor | None, group: int, bits: int
) -> torch.Tensor:
    """x[..., K] · wᵀ → [..., N], computed in fp32, in x's dtype."""
    return (x.float() @ dequantize(words, scales, biases, group, bits).T).to(x.dtype)


@affine_matmul.register_fake
def _(x, words, scales, biases, group, bits):
    return x.new_empty((*x.shape[:-1], words.shape[0]))


@torch.library.custom_op("pteron::affine_rows", mutates_args=())
def affine_rows(
    indices: torch.Tensor, words: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor | None, group: int, bits: int
) -> torch.Tensor:
    """Rows of w: indices[...] → [..., K] in the scales' dtype."""
    flat = indices.flatten()
    rows = dequantize(words[flat], scales[flat], None if biases is None else biases[flat], group, bits)
    return rows.reshape(*indices.shape, -1).to(scales.dtype)


@affine_rows.register_fake
def _(indices, words, scales, biases, group, bits):
    return scales.new_empty((*indices.shape, words.shape[1] * 32 // bits))


def _weights(builder, node) -> Slots:
    """Symmetric biases are left to the graph's init chain."""
    _, words_node, scales_node, biases_node, group, bits = node.args
    words = words_slot(builder, words_node)
    scales_slot, biases_slot = builder.slot_map([scales_node, biases_node])
    if biases_node is None:
        key, scales = builder.get_placeholder_target_and_tensor(scales_node)
        like = torch.zeros(1, dtype=scales.dtype)
        biases_slot = builder.slot_manager.get_slot(f"{key}_to_biases_dummy")
        if biases_slot is None:
            biases_slot = emit_quantized_biases(builder, key, like, like, bits, like, scales_slot)
    return Slots(words, scales_slot, biases_slot, group, bits, "affine")


@REGISTRY.register(target=[torch.ops.pteron.affine_matmul.default])
def _lower_matmul(builder, node):
    return lower_product(builder, node, _weights(builder, node))


@REGISTRY.register(target=[torch.ops.pteron.affine_rows.default])
def _lower_rows(builder, node):
    return lower_rows(builder, node, _weights(builder, node))
