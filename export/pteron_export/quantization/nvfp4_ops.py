"""Matmul and row look-up on NVFP4 weights as operators of their own, and how they lower to MLX nodes."""

import torch
from executorch.backends.mlx.builder.op_helpers import emit_quantized_gather
from executorch.backends.mlx.builder.op_registry import REGISTRY
from executorch.backends.mlx.serialization.mlx_graph_schema import QuantizedMatmulNode

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


def _weights(builder, words_node, scales_node):
    name, words = builder.get_placeholder_target_and_tensor(words_node)
    (scales,) = builder.slot_map([scales_node])
    return builder.make_or_get_constant(f"{name}_u32", words.view(torch.uint32)), scales


@REGISTRY.register(target=[torch.ops.pteron.nvfp4_matmul.default])
def _lower_matmul(builder, node):
    words, scales = _weights(builder, *node.args[1:3])
    (x,) = builder.slot_map([node.args[0]])
    out = builder.make_or_get_slot(node)
    builder.emit(
        QuantizedMatmulNode(
            x=builder.slot_to_tid(x),
            w=builder.slot_to_tid(words),
            scales=builder.slot_to_tid(scales),
            biases=None,
            out=builder.slot_to_tid(out),
            group_size=GROUP,
            bits=BITS,
            mode="nvfp4",
            transpose=True,
        )
    )
    return out


@REGISTRY.register(target=[torch.ops.pteron.nvfp4_rows.default])
def _lower_rows(builder, node):
    words, scales = _weights(builder, *node.args[1:3])
    (indices,) = builder.slot_map([node.args[0]])
    out = builder.make_or_get_slot(node)
    emit_quantized_gather(
        builder, out, indices, words, scales, None, group_size=GROUP, bits=BITS, mode="nvfp4", out_dtype=node.args[3]
    )
    return out
