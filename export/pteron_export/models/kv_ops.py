"""Operators of quantized KV caches and how they lower to MLX nodes: codes into words, words back to values, and attention over
keys and values that end with the queries' own."""

import executorch.backends.mlx.custom_ops  # noqa: F401  (registers torch.ops.mlx.*)
import torch
import torch.nn.functional as F
from executorch.backends.mlx.builder.op_helpers import torch_dtype_to_scalar_type
from executorch.backends.mlx.builder.op_registry import REGISTRY
from executorch.backends.mlx.serialization.mlx_graph_schema import (
    AsTypeNode,
    DequantizeNode,
    MultiplyNode,
    SdpaNode,
    SumNode,
)


@torch.library.custom_op("pteron::pack_codes", mutates_args=())
def pack_codes(codes: torch.Tensor) -> torch.Tensor:
    """float [..., words, 32 / bits] with whole numbers below 2^bits → uint32 [..., words], low bits first as MLX packs them."""
    return (codes.long() * _places(codes.shape[-1])).sum(-1).to(torch.uint32)


@pack_codes.register_fake
def _(codes):
    return codes.new_empty(codes.shape[:-1], dtype=torch.uint32)


def _places(count: int) -> torch.Tensor:
    return 2 ** (torch.arange(count) * (32 // count))


@torch.library.custom_op("pteron::unpack_rows", mutates_args=())
def unpack_rows(words: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor, group: int, bits: int) -> torch.Tensor:
    """uint32 [..., words] with scales and biases [..., groups] → [..., values] in their dtype: scale · code + bias."""
    codes = (words.long().unsqueeze(-1) >> (torch.arange(32 // bits) * bits)) & (2**bits - 1)
    codes = codes.reshape(*scales.shape, group).float()
    return (codes * scales.float().unsqueeze(-1) + biases.float().unsqueeze(-1)).flatten(-2).to(scales.dtype)


@unpack_rows.register_fake
def _(words, scales, biases, group, bits):
    return scales.new_empty((*words.shape[:-1], words.shape[-1] * 32 // bits))


@torch.library.custom_op("pteron::attend", mutates_args=())
def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, scale: float) -> torch.Tensor:
    """Causal attention of q [1, H, S, D] over k and v [1, heads, T, D] whose last S rows are the queries' own."""
    seen = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril(k.shape[2] - q.shape[2])
    return F.scaled_dot_product_attention(q, k, v, seen, scale=scale, enable_gqa=True)


@attend.register_fake
def _(q, k, v, scale):
    return q.new_empty(q.shape)


@REGISTRY.register(target=[torch.ops.pteron.pack_codes.default])
def _lower_pack(builder, node):
    (codes,) = builder.slot_map([node.args[0]])
    count = node.args[0].meta["val"].shape[-1]
    places = builder.make_or_get_constant(f"pteron_places_{count}", _places(count).to(torch.uint32))
    out = builder.make_or_get_slot(node)
    (_, whole), (_, placed) = builder.make_tmp_slot(), builder.make_tmp_slot()
    whole, placed, out_tid = (builder.slot_to_tid(slot) for slot in (whole, placed, out))
    uint32 = torch_dtype_to_scalar_type(torch.uint32)
    builder.emit(AsTypeNode(x=builder.slot_to_tid(codes), out=whole, scalar_type=uint32))
    builder.emit(MultiplyNode(a=whole, b=builder.slot_to_tid(places), out=placed))
    builder.emit(SumNode(x=placed, out=out_tid, axes=[-1], keepdims=False))
    return out


@REGISTRY.register(target=[torch.ops.pteron.unpack_rows.default])
def _lower_unpack(builder, node):
    words, scales, biases = (builder.slot_to_tid(slot) for slot in builder.slot_map(list(node.args[:3])))
    group, bits = node.args[3:]
    out = builder.make_or_get_slot(node)
    builder.emit(
        DequantizeNode(
            w=words, scales=scales, biases=biases, out=builder.slot_to_tid(out), group_size=group, bits=bits, mode="affine"
        )
    )
    return out


@REGISTRY.register(target=[torch.ops.pteron.attend.default])
def _lower_attend(builder, node):
    q, k, v = (builder.slot_to_tid(slot) for slot in builder.slot_map(list(node.args[:3])))
    out = builder.make_or_get_slot(node)
    builder.emit(SdpaNode(q=q, k=k, v=v, out=builder.slot_to_tid(out), scale=node.args[3], mask=None, causal=True))
    return out
