"""Matmul and row look-up on affine weights as operators of their own, and how they lower to MLX nodes.

executorch's route through torchao's tensors recomputes each bias from a zero point in the weights' dtype, so a GGUF's minima
would be rounded several times, and repacks every weight several times. These operators carry MLX's own arrays: what is stored
is what the checkpoint says, rounded once.
"""

import torch
from executorch.backends.mlx.builder.op_helpers import (
    emit_quantized_biases,
    emit_quantized_gather,
)
from executorch.backends.mlx.builder.op_registry import REGISTRY
from executorch.backends.mlx.serialization.mlx_graph_schema import QuantizedMatmulNode

from .affine import dequantize


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


def _weights(builder, node):
    """Slots of words (as uint32), scales and biases; symmetric biases are left to the graph's init chain."""
    _, words_node, scales_node, biases_node, group, bits = node.args
    name, words = builder.get_placeholder_target_and_tensor(words_node)
    words_slot = builder.make_or_get_constant(f"{name}_u32", words.view(torch.uint32))
    scales_slot, biases_slot = builder.slot_map([scales_node, biases_node])
    if biases_node is None:
        key, scales = builder.get_placeholder_target_and_tensor(scales_node)
        like = torch.zeros(1, dtype=scales.dtype)
        biases_slot = builder.slot_manager.get_slot(f"{key}_to_biases_dummy")
        if biases_slot is None:
            biases_slot = emit_quantized_biases(builder, key, like, like, bits, like, scales_slot)
    return words_slot, scales_slot, biases_slot, group, bits


@REGISTRY.register(target=[torch.ops.pteron.affine_matmul.default])
def _lower_matmul(builder, node):
    words, scales, biases, group, bits = _weights(builder, node)
    (x,) = builder.slot_map([node.args[0]])
    out = builder.make_or_get_slot(node)
    builder.emit(
        QuantizedMatmulNode(
            x=builder.slot_to_tid(x),
            w=builder.slot_to_tid(words),
            scales=builder.slot_to_tid(scales),
            biases=builder.slot_to_tid(biases),
            out=builder.slot_to_tid(out),
            group_size=group,
            bits=bits,
            mode="affine",
            transpose=True,
        )
    )
    return out


@REGISTRY.register(target=[torch.ops.pteron.affine_rows.default])
def _lower_rows(builder, node):
    words, scales, biases, group, bits = _weights(builder, node)
    (indices,) = builder.slot_map([node.args[0]])
    out = builder.make_or_get_slot(node)
    dtype = node.meta["val"].dtype
    emit_quantized_gather(
        builder, out, indices, words, scales, biases, group_size=group, bits=bits, mode="affine", out_dtype=dtype
    )
    return out
