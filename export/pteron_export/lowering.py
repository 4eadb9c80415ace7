"""An eager model → an MLX `.pte`: torch.export, one MLX delegate, large constants on page borders."""

import contextlib
import os
import struct
from collections.abc import Callable
from pathlib import Path

import torch
from executorch.backends.mlx.builder import program_builder
from executorch.backends.mlx.partitioner import MLXPartitioner
from executorch.exir import EdgeCompileConfig, ExecutorchBackendConfig, to_edge_transform_and_lower
from executorch.exir.passes import MemoryPlanningPass
from torch import nn

from .errors import ExportError
from .models.layers import MAX_LOGIT_ROWS, Limits

PAGE = 16_384  # Apple Silicon's: Metal wraps memory without a copy only at page borders
_LARGE = 65_536


def lower_language_model(model: nn.Module, limits: Limits, vocabulary: int, out: Path, say: Callable[[str], None]) -> None:
    """Writes the program of forward(tokens, position, keep) with upstream's constant methods."""
    s = torch.export.Dim("S", min=1, max=limits.chunk)
    k = torch.export.Dim("K", min=1, max=MAX_LOGIT_ROWS)
    tokens = torch.zeros(1, min(7, limits.chunk), dtype=torch.long)
    example = (tokens, torch.tensor([0]), torch.tensor([1, 0, 2]))
    constants = {
        "get_max_context_len": limits.context,
        "get_max_seq_len": limits.chunk,
        "get_vocab_size": vocabulary,
        "get_max_logit_rows": MAX_LOGIT_ROWS,
    }
    lower(model, example, ({1: s}, None, {0: k}), out, constants, say)


def lower(model: nn.Module, example: tuple, dynamic: tuple | None, out: Path, constants: dict, say=lambda _: None) -> None:
    """Writes `model` as one MLX delegate; anything left outside it is an error that names the operators."""
    say("tracing")
    with torch.no_grad():
        program = torch.export.export(model, example, dynamic_shapes=dynamic, strict=False)
    say("lowering")
    with _page_aligned_constants():
        edge = to_edge_transform_and_lower(
            {"forward": program},
            partitioner=[MLXPartitioner()],
            constant_methods=constants or None,
            compile_config=EdgeCompileConfig(_check_ir_validity=False, _skip_dim_order=True),
        )
    _require_one_delegate(edge.exported_program().graph_module)
    say("writing")
    # The caller's tokens, not planned memory, hold the inputs; the output's upper bound is K rows.
    planning = MemoryPlanningPass(alloc_graph_input=False)
    binary = edge.to_executorch(ExecutorchBackendConfig(extract_delegate_segments=True, memory_planning_pass=planning))
    with out.open("wb") as file:
        binary.write_to_file(file)
    align_segments(out)


def _require_one_delegate(graph_module: torch.fx.GraphModule) -> None:
    outside, delegates = set(), 0
    for node in graph_module.graph.nodes:
        if node.op != "call_function":
            continue
        name = str(node.target)
        if "executorch_call_delegate" in name:
            delegates += 1
        elif "getitem" not in name:
            outside.add(name)
    if outside or delegates != 1:
        what = ", ".join(sorted(outside)) or f"{delegates} delegates"
        raise ExportError("program_unsupported", f"The model does not lower to one MLX delegate: {what}.")


@contextlib.contextmanager
def _page_aligned_constants():
    """executorch aligns each constant to 16 bytes; the large ones are asked for at page borders instead."""
    store = program_builder.NamedDataStore
    original = store.add_named_data

    def add_named_data(self, key, data, alignment=1, **rest):
        size = data.numel() * data.element_size() if isinstance(data, torch.Tensor) else len(data)
        return original(self, key, data, PAGE if size >= _LARGE else alignment, **rest)

    store.add_named_data = add_named_data
    try:
        yield
    finally:
        store.add_named_data = original


def align_segments(path: Path) -> None:
    """Moves a `.pte`'s segments to the next page border: their own offsets are aligned, but counted from the end of the program.

    The extended header (magic `eh00` at byte 8: u32 length, u64 program size, u64 segment base, u64 segment bytes) says where
    they begin. Source: executorch/exir/_serialize/_program.py `_ExtendedHeader`."""
    with path.open("rb") as file:
        head = file.read(40)
    if head[8:12] != b"eh00":
        raise ExportError("internal", "The written program lacks its extended header.")
    base = struct.unpack_from("<Q", head, 24)[0]
    if path.stat().st_size < PAGE * 4 or base % PAGE == 0:  # no constant of a small program is large
        return
    moved = path.with_suffix(".moved")
    with path.open("rb") as source, moved.open("wb") as target:
        target.write(source.read(base))
        target.write(b"\0" * (-base % PAGE))
        while block := source.read(1 << 24):
            target.write(block)
        target.seek(24)
        target.write(struct.pack("<Q", base + (-base % PAGE)))
    os.replace(moved, path)
