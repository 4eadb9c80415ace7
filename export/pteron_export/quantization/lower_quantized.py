"""How products with quantized weights, and looked-up rows of them, lower to MLX nodes, whatever the format."""

from dataclasses import dataclass

import torch
from executorch.backends.mlx.builder.op_helpers import emit_quantized_gather
from executorch.backends.mlx.serialization.mlx_graph_schema import QuantizedMatmulNode


@dataclass(frozen=True)
class Slots:
    """Where a builder keeps a matrix, and MLX's name of its format."""

    words: object
    scales: object
    biases: object | None
    group: int
    bits: int
    mode: str


def words_slot(builder, node):
    """Of packed integers, as the uint32 that MLX reads."""
    name, words = builder.get_placeholder_target_and_tensor(node)
    return builder.make_or_get_constant(f"{name}_u32", words.view(torch.uint32))


def lower_product(builder, node, w: Slots):
    """`node`: x[..., K] · wᵀ, x its first argument."""
    (x,) = builder.slot_map([node.args[0]])
    out = builder.make_or_get_slot(node)
    builder.emit(
        QuantizedMatmulNode(
            x=builder.slot_to_tid(x),
            w=builder.slot_to_tid(w.words),
            scales=builder.slot_to_tid(w.scales),
            biases=None if w.biases is None else builder.slot_to_tid(w.biases),
            out=builder.slot_to_tid(out),
            group_size=w.group,
            bits=w.bits,
            mode=w.mode,
            transpose=True,
        )
    )
    return out


def lower_rows(builder, node, w: Slots):
    """`node`: rows of w, their indices its first argument."""
    (indices,) = builder.slot_map([node.args[0]])
    out = builder.make_or_get_slot(node)
    form = {"group_size": w.group, "bits": w.bits, "mode": w.mode, "out_dtype": node.meta["val"].dtype}
    emit_quantized_gather(builder, out, indices, w.words, w.scales, w.biases, **form)
    return out
