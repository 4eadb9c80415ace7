"""Scores by distance → scores by key, as an operator of its own: torch.export would ask of each length that it is no exception."""

import torch
from executorch.backends.mlx.builder.op_helpers import emit_product, emit_shape, emit_sub_int
from executorch.backends.mlx.builder.op_registry import REGISTRY
from executorch.backends.mlx.serialization.mlx_graph_schema import IntOrVid, ReshapeNode, SliceNode


@torch.library.custom_op("pteron::relative_shift", mutates_args=())
def relative_shift(near: torch.Tensor) -> torch.Tensor:
    """near [1, heads, T, 2T], of the distances T … 1 − T of each query → [1, heads, T, T], of its distance to each key.

    Row i is wanted from number T − i on. In rows of 2T − 1 numbers, read from number T on, all of them begin at once, so that
    nothing has to be moved."""
    length = near.shape[2]
    return near.flatten(2)[:, :, length:].reshape(1, -1, length, 2 * length - 1)[..., :length].clone()


@relative_shift.register_fake
def _(near):
    return near.new_empty(*near.shape[:3], near.shape[2])


@REGISTRY.register(target=[torch.ops.pteron.relative_shift.default])
def _lower_shift(builder, node):
    (near,) = builder.slot_map([node.args[0]])
    one, heads, length, _ = emit_shape(builder, node.args[0], near)
    number = IntOrVid.from_literal
    double = emit_product(builder, [number(2), length])
    short = emit_sub_int(builder, double, number(1))
    out = builder.make_or_get_slot(node)

    def step(kind, x, **how):
        _, slot = builder.make_tmp_slot()
        builder.emit(kind(x=x, out=builder.slot_to_tid(slot), **how))
        return builder.slot_to_tid(slot)

    flat = step(ReshapeNode, builder.slot_to_tid(near), shape=[one, heads, number(-1)])
    begun = step(SliceNode, flat, axis=number(2), start=length, stop=emit_product(builder, [double, length]))
    rows = step(ReshapeNode, begun, shape=[one, heads, length, short])
    builder.emit(SliceNode(x=rows, out=builder.slot_to_tid(out), axis=number(3), start=number(0), stop=length))
    return out
