"""Matmul and row look-up on NVFP4 weights as operators of their own, and how they lower to MLX nodes."""

import torch
from executorch.backends.mlx.builder.op_registry import REGISTRY

from .lower_quantized import Slots, lower_product, lower_rows, words_slot
from .nvfp4 import BITS, GROUP, dequantize


@torch.library.custom_op("pteron::nvfp4_matmul", mutates_args=())
def nvfp4_matmul(x: torch.Tensor, words: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """x[..., K] · wᵀ → [..., N], computed in fp32, in x's dtype."""
    return (x.float() @ dequantize(words, scales).T).to(x.dtype)


@nvfp4_matmul.register_fake
def _(x, words, scales):
    return x.new_empty((*x.shape[:-1], words.shape[0]))


@torch.library.custom_op("pteron::nvfp4_rows", mutates_args=())
def nvfp4_rows(indices: torch.Tensor, words: torch.Tensor, scales: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Rows of w: indices[...] → [..., K] in `dtype`."""
    flat = indices.flatten()
    return dequantize(words[flat], scales[flat]).reshape(*indices.shape, -1).to(dtype)


@nvfp4_rows.register_fake
def _(indices, words, scales, dtype):
    return scales.new_empty((*indices.shape, words.shape[1] * 8), dtype=dtype)


def _weights(builder, node) -> Slots:
    words_node, scales_node = node.args[1:3]
    (scales,) = builder.slot_map([scales_node])
    return Slots(words_slot(builder, words_node), scales, None, GROUP, BITS, "nvfp4")


@REGISTRY.register(target=[torch.ops.pteron.nvfp4_matmul.default])
def _lower_matmul(builder, node):
    return lower_product(builder, node, _weights(builder, node))


@REGISTRY.register(target=[torch.ops.pteron.nvfp4_rows.default])
def _lower_rows(builder, node):
    return lower_rows(builder, node, _weights(builder, node))
