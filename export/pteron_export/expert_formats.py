"""How the experts' matrices [E, N, K] are stored, and the node that multiplies with the chosen ones.

A format is a word and its numbers: "affine:64:4" (group and bits) with words, scales and biases, each [E, N, …], "nvfp4:-3" (the
exponent of its factor) with words and scales, or "dense:8" (E) with the matrix [E * N, K] as it is loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from executorch.backends.mlx.builder.op_helpers import emit_quantized_biases
from executorch.backends.mlx.serialization import mlx_graph_schema as nodes
from executorch.backends.mlx.serialization.mlx_graph_schema import IntOrVid

from .quantization import nvfp4
from .quantization.affine import dequantize


@dataclass(frozen=True)
class _Affine:
    group: int
    bits: int

    def rows(self, shape: tuple[int, ...]) -> int:
        return shape[1]

    def matrix(self, arrays: list[torch.Tensor], expert: int) -> torch.Tensor:
        words, scales, *biases = (array[expert] for array in arrays)
        return dequantize(words, scales, biases[0] if biases else None, self.group, self.bits)

    def product(self, emit, builder, arrays: list) -> Callable:
        words_node, scales_node, *biases_node = arrays
        name, words = builder.get_placeholder_target_and_tensor(words_node)
        words_slot = builder.make_or_get_constant(f"{name}_u32", words.view(torch.uint32))
        (scales,) = builder.slot_map([scales_node])
        biases = builder.slot_map(biases_node)[0] if biases_node else _symmetric(builder, scales_node, scales, self.bits)

        def emit_product(x, chosen, is_sorted: bool):
            return emit(
                nodes.GatherQmmNode,
                x=emit.tid(x), w=emit.tid(words_slot), scales=emit.tid(scales), biases=emit.tid(biases),
                rhs_indices=emit.tid(chosen), transpose=True, group_size=self.group, bits=self.bits, mode="affine",
                sorted_indices_flag=IntOrVid.from_literal(int(is_sorted)),
            )  # fmt: skip

        return emit_product


def _symmetric(builder, scales_node, scales, bits: int):
    """Biases that the graph computes when it is loaded."""
    key, values = builder.get_placeholder_target_and_tensor(scales_node)
    like = torch.zeros(1, dtype=values.dtype)
    known = builder.slot_manager.get_slot(f"{key}_to_biases_dummy")
    return known if known is not None else emit_quantized_biases(builder, key, like, like, bits, like, scales)


@dataclass(frozen=True)
class _Dense:
    experts: int

    def rows(self, shape: tuple[int, ...]) -> int:
        return shape[0] // self.experts

    def matrix(self, arrays: list[torch.Tensor], expert: int) -> torch.Tensor:
        return arrays[0].view(self.experts, -1, arrays[0].shape[1])[expert].float()

    def _shape(self, arrays: list) -> tuple[int, int, int]:
        rows, columns = arrays[0].meta["val"].shape
        return self.experts, rows // self.experts, columns

    def product(self, emit, builder, arrays: list) -> Callable:
        (matrix,) = builder.slot_map(arrays)
        stacked = emit(nodes.ReshapeNode, x=emit.tid(matrix), shape=[IntOrVid.from_literal(n) for n in self._shape(arrays)])
        transposed = emit(nodes.TransposeNode, x=emit.tid(stacked), perm=[0, 2, 1])

        def emit_product(x, chosen, is_sorted: bool):
            flag = IntOrVid.from_literal(int(is_sorted))
            return emit(
                nodes.GatherMmNode, a=emit.tid(x), b=emit.tid(transposed), rhs_indices=emit.tid(chosen), sorted_indices_flag=flag
            )

        return emit_product


@dataclass(frozen=True)
class _Nvfp4:
    exponent: int

    def rows(self, shape: tuple[int, ...]) -> int:
        return shape[1]

    def matrix(self, arrays: list[torch.Tensor], expert: int) -> torch.Tensor:
        return nvfp4.dequantize(*(array[expert] for array in arrays)) * 2.0**self.exponent

    def product(self, emit, builder, arrays: list) -> Callable:
        name, words = builder.get_placeholder_target_and_tensor(arrays[0])
        words_slot = builder.make_or_get_constant(f"{name}_u32", words.view(torch.uint32))
        (scales,) = builder.slot_map(arrays[1:])

        def emit_product(x, chosen, is_sorted: bool):
            product = emit(
                nodes.GatherQmmNode,
                x=emit.tid(x), w=emit.tid(words_slot), scales=emit.tid(scales), biases=None, rhs_indices=emit.tid(chosen),
                transpose=True, group_size=nvfp4.GROUP, bits=nvfp4.BITS, mode="nvfp4",
                sorted_indices_flag=IntOrVid.from_literal(int(is_sorted)),
            )  # fmt: skip
            return product if self.exponent == 0 else emit.times(product, 2.0**self.exponent)

        return emit_product


_FORMATS = {"affine": _Affine, "dense": _Dense, "nvfp4": _Nvfp4}


def _format(text: str) -> _Affine | _Dense | _Nvfp4:
    kind, *numbers = text.split(":")
    return _FORMATS[kind](*map(int, numbers))


def rows_of(shape: tuple[int, ...], format: str) -> int:
    """N, from the shape of the first array."""
    return _format(format).rows(shape)


def matrix_of(arrays: list[torch.Tensor], format: str, expert: int) -> torch.Tensor:
    """fp32 [N, K] of one expert."""
    return _format(format).matrix(arrays, expert)


def gathered_product(emit, builder, arrays: list, format: str) -> Callable:
    """(x[.., 1, K], chosen[..], is_sorted) → the slot of [.., 1, N]; `emit` as in expert_ops.py."""
    return _format(format).product(emit, builder, arrays)
