"""The experts of a mixture as one operator: choose, multiply, mix. It lowers to gathered matmuls, so that a token reads the
weights of its own experts only.

One operator, because few tokens are multiplied as they stand and many are sorted by expert first, which MLX's kernels want: the
two are branches of one node, and everything between them belongs into both.
"""

import torch
import torch.nn.functional as F
from executorch.backends.mlx.builder.op_helpers import emit_floordiv, emit_if_else, emit_lifted_constant, emit_shape
from executorch.backends.mlx.builder.op_registry import REGISTRY
from executorch.backends.mlx.serialization import mlx_graph_schema as nodes
from executorch.backends.mlx.serialization.mlx_graph_schema import IntOrVid, IntOrVidOrTid

from .expert_formats import gathered_product, matrix_of, rows_of

SORTED_PAIRS = 64  # from so many pairs of token and expert on, sorting pays (as in mlx-lm)
_INT32 = 3  # ScalarType::Int


@torch.library.custom_op("pteron::route", mutates_args=())
def route(logits: torch.Tensor, count: int, normalize: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """logits[M, E] → weights[M, count] in logits' dtype and experts int32[M, count]: softmax and the `count` largest, in any
    order; `normalize` makes them sum to 1, which is the softmax of the chosen logits alone."""
    if normalize:
        values, indices = torch.topk(logits, count, dim=-1)
        weights = F.softmax(values.float(), dim=-1)
    else:
        weights, indices = torch.topk(F.softmax(logits.float(), dim=-1), count, dim=-1)
    return weights.to(logits.dtype), indices.to(torch.int32)


@route.register_fake
def _(logits, count, normalize):
    shape = (logits.shape[0], count)
    return logits.new_empty(shape), logits.new_empty(shape, dtype=torch.int32)


@torch.library.custom_op("pteron::experts", mutates_args=())
def experts(
    x: torch.Tensor,
    weights: torch.Tensor,
    indices: torch.Tensor,
    gate_up: list[torch.Tensor],
    gate_up_format: str,
    down: list[torch.Tensor],
    down_format: str,
) -> torch.Tensor:
    """x[M, D] → [M, D]: Σ weights[m, j] · down_e(silu(gate_e(x)) · up_e(x)) over the experts e = indices[m, j].

    gate_up holds the arrays of [E, 2I, D] (gate's rows, then up's), down those of [E, D, I], in a format of expert_formats.py.
    Computed in fp32 and rounded to x's dtype where MLX rounds."""
    out = torch.zeros(x.shape, dtype=torch.float32)
    for expert in indices.unique().tolist():
        rows, choice = torch.where(indices == expert)
        both = (x[rows].float() @ matrix_of(gate_up, gate_up_format, expert).T).to(x.dtype)
        gate, up = both.chunk(2, dim=-1)
        y = ((F.silu(gate) * up).float() @ matrix_of(down, down_format, expert).T).to(x.dtype)
        out.index_add_(0, rows, (y * weights[rows, choice, None]).float())
    return out.to(x.dtype)


@experts.register_fake
def _(x, weights, indices, gate_up, gate_up_format, down, down_format):
    return torch.empty_like(x)


class _Emitter:
    """Emits nodes with a temporary (or a given) output. `dtype`: of activations."""

    def __init__(self, builder, dtype: torch.dtype = torch.float32):
        self.builder, self.dtype = builder, dtype

    def tid(self, slot):
        return self.builder.slot_to_tid(slot)

    def __call__(self, kind, out=None, **fields):
        if out is None:
            _, out = self.builder.make_tmp_slot()
        self.builder.emit(kind(out=self.tid(out), **fields))
        return out

    def times(self, x, factor: float):
        return self(nodes.MultiplyNode, a=self.tid(x), b=self.tid(emit_lifted_constant(self.builder, factor, self.dtype)))

    def take(self, x, index, out=None):
        return self(nodes.TakeNode, out, x=self.tid(x), index=IntOrVidOrTid.from_tid(self.tid(index)), axis=0)

    def part(self, x, start: int, stop: int):
        whole = {"axis": IntOrVid.from_literal(-1), "step": 1}
        return self(nodes.SliceNode, x=self.tid(x), start=IntOrVid.from_literal(start), stop=IntOrVid.from_literal(stop), **whole)


@REGISTRY.register(target=[torch.ops.pteron.route.default])
def _lower_route(builder, node):
    logits_node, count, normalize = node.args
    emit, size = _Emitter(builder), logits_node.meta["val"].shape[-1]
    weights, indices = builder.make_or_get_slots(node)
    (logits,) = builder.slot_map([logits_node])
    scores = logits
    if not normalize:
        scores = emit(nodes.SoftmaxNode, x=emit.tid(logits), axis=-1, precise=True)
    order = emit(nodes.ArgPartitionNode, x=emit.tid(scores), kth=IntOrVid.from_literal(-count), axis=-1)
    chosen = emit.part(order, size - count, size)
    emit(nodes.AsTypeNode, indices, x=emit.tid(chosen), scalar_type=_INT32)
    if not normalize:
        emit(nodes.TakeAlongAxisNode, weights, x=emit.tid(scores), indices=emit.tid(indices), axis=-1)
    else:
        values = emit(nodes.TakeAlongAxisNode, x=emit.tid(scores), indices=emit.tid(indices), axis=-1)
        emit(nodes.SoftmaxNode, weights, x=emit.tid(values), axis=-1, precise=True)
    return weights, indices


@REGISTRY.register(target=[torch.ops.pteron.experts.default])
def _lower_experts(builder, node):
    x_node, weights_node, indices_node, gate_up, gate_up_format, down, down_format = node.args
    emit, count = _Emitter(builder, x_node.meta["val"].dtype), indices_node.meta["val"].shape[-1]
    out = builder.make_or_get_slot(node)
    x, weights, indices = builder.slot_map([x_node, weights_node, indices_node])
    product_up = gathered_product(emit, builder, gate_up, gate_up_format)
    product_down = gathered_product(emit, builder, down, down_format)
    inner = rows_of(gate_up[0].meta["val"].shape, gate_up_format) // 2
    tokens = emit_shape(builder, x_node, x, end_dim=1)[0]

    def through_experts(rows, chosen, is_sorted: bool):
        both = product_up(rows, chosen, is_sorted)
        activated = emit(nodes.SiluNode, x=emit.tid(emit.part(both, 0, inner)))
        hidden = emit(nodes.MultiplyNode, a=emit.tid(activated), b=emit.tid(emit.part(both, inner, 2 * inner)))
        result = product_down(hidden, chosen, is_sorted)
        return emit(nodes.SqueezeNode, x=emit.tid(result), dims=[-2])

    def mix(results):
        columns = emit(nodes.ExpandDimsNode, x=emit.tid(weights), axis=-1)
        weighted = emit(nodes.MultiplyNode, a=emit.tid(results), b=emit.tid(columns))
        emit(nodes.SumNode, out, x=emit.tid(weighted), axes=[-2], keepdims=False)

    def many():
        flat = emit(nodes.ReshapeNode, x=emit.tid(indices), shape=[IntOrVid.from_literal(-1)])
        order = emit(nodes.ArgsortNode, x=emit.tid(flat), axis=0)
        back = emit(nodes.ArgsortNode, x=emit.tid(order), axis=0)
        # FloorDivide divides integers as floats in MLX.
        each = emit_lifted_constant(builder, count, torch.int32)
        row = emit(nodes.FloorDivideNode, a=emit.tid(order), b=emit.tid(each))
        row = emit(nodes.AsTypeNode, x=emit.tid(row), scalar_type=_INT32)
        rows = emit(nodes.ExpandDimsNode, x=emit.tid(emit.take(x, row)), axis=-2)
        results = emit.take(through_experts(rows, emit.take(flat, order), True), back)
        mix(emit(nodes.ReshapeNode, x=emit.tid(results), shape=[tokens, IntOrVid.from_literal(count), IntOrVid.from_literal(-1)]))

    def few():
        rows = emit(nodes.ExpandDimsNode, x=emit.tid(emit(nodes.ExpandDimsNode, x=emit.tid(x), axis=-2)), axis=-2)
        mix(through_experts(rows, indices, False))

    emit_if_else(builder, emit_floordiv(builder, tokens, IntOrVid.from_literal(-(-SORTED_PAIRS // count))), many, few)
    return out
