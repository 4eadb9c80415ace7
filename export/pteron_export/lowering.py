"""An eager model → an MLX `.pte`: torch.export, one MLX delegate, large constants on page borders."""

import contextlib
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from executorch.backends.mlx.builder import program_builder
from executorch.backends.mlx.partitioner import MLXPartitioner
from executorch.exir import EdgeCompileConfig, ExecutorchBackendConfig, to_edge_transform_and_lower
from executorch.exir.passes import MemoryPlanningPass
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor

from .errors import ExportError
from .memory import give_back
from .models.layers import MAX_LOGIT_ROWS, Limits
from .program_file import LARGE, PAGE, ProgramFile
from .weights import Weight, load_weights


@dataclass(frozen=True)
class Method:
    """A method of a program: what computes it, inputs to trace it with, and their dynamic dimensions."""

    model: nn.Module
    example: tuple
    dynamic: tuple | None = None


@contextlib.contextmanager
def placed_weights(
    model: nn.Module, get: Callable[[str], Weight | None], dtype: torch.dtype, out: Path
) -> Iterator[ProgramFile]:
    """Fills `model` with its weights as get(name) gives them, and writes the large ones to their places in `out` as they come;
    lowering completes the file."""
    constants = 3 * sum(1 for _ in model.parameters()) + sum(1 for _ in model.buffers())  # words, scales and biases of each
    with ProgramFile(out, constants) as file:
        load_weights(model, get, dtype, file.place_constants_of)
        give_back()
        yield file


def write_program(
    model: nn.Module, limits: Limits, vocabulary: int, get: Callable[[str], Weight | None], out: Path, say: Callable[[str], None]
) -> ProgramFile:
    """The way to make a program that may not fit in memory: writes `out` from a model without weights (a recipe's `build`) and
    get(name), which gives each weight as `load_weights` asks for it: once, module by module, free to be forgotten afterwards.
    Peak memory is one module's weights as get makes them, whatever the model's size.

    Afterwards the model's large constants are mapped from `out`: it computes, and its weights can be read (`forget` on the
    returned file gives that memory back). Equal constants are not merged. Same weights → same bytes."""
    with placed_weights(model, get, limits.dtype, out) as file:
        lower_language_model(model, limits, vocabulary, out, say, file)
    return file


def lower_language_model(
    model: nn.Module, limits: Limits, vocabulary: int, out: Path, say: Callable[[str], None], file: ProgramFile | None = None
) -> None:
    """Writes the program of forward(tokens, position, keep) with upstream's constant methods; of forward(…, slots) where the
    model keeps recurrent state in slots."""
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
    dynamic = ({1: s}, None, {0: k})
    if slots := getattr(model, "slots", None):
        example, dynamic, constants = (*example, torch.tensor([0, 1])), (*dynamic, None), constants | {"get_state_slots": slots}
    lower(model, example, dynamic, out, constants, say, file)


def lower(
    model: nn.Module, example: tuple, dynamic: tuple | None, out: Path, constants: dict, say=lambda _: None,
    file: ProgramFile | None = None,
) -> None:  # fmt: skip
    """Writes `model` as a program's only method."""
    lower_methods({"forward": Method(model, example, dynamic)}, out, constants, say, file)


def lower_methods(
    methods: dict[str, Method], out: Path, constants: dict, say=lambda _: None, file: ProgramFile | None = None
) -> None:
    """Writes each method as one MLX delegate; anything left outside it is an error that names the operators.
    file: `out` with the methods' large constants, where they were placed before."""
    say("tracing")
    with torch.no_grad():
        programs = {
            name: torch.export.export(method.model, method.example, dynamic_shapes=method.dynamic, strict=False)
            for name, method in methods.items()
        }
    say("lowering")
    with _page_aligned_constants(file), _large_tensors_shared():
        edge = to_edge_transform_and_lower(
            programs,
            partitioner=[MLXPartitioner()],
            constant_methods=constants or None,
            compile_config=EdgeCompileConfig(_check_ir_validity=False, _skip_dim_order=True),
        )
    for name in methods:
        _require_one_delegate(edge.exported_program(name).graph_module)
    say("writing")
    # The caller's tokens, not planned memory, hold the inputs; the output's upper bound is K rows.
    planning = MemoryPlanningPass(alloc_graph_input=False)
    binary = edge.to_executorch(ExecutorchBackendConfig(extract_delegate_segments=True, memory_planning_pass=planning))
    if file is not None:
        file.finish(binary._pte_data)
        return
    with out.open("wb") as whole:
        binary.write_to_file(whole)
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
def _page_aligned_constants(file: ProgramFile | None):
    """executorch aligns each constant to 16 bytes; the large ones are asked for at page borders instead, and those that lie
    in the file already are only referred to."""
    store = program_builder.NamedDataStore
    original = store.add_named_data

    def add_named_data(self, key, data, alignment=1, **rest):
        placed = file.find(data) if file is not None and isinstance(data, torch.Tensor) else None
        if placed is not None:
            return original(self, key, placed)
        size = data.nbytes if isinstance(data, torch.Tensor) else len(data)
        return original(self, key, data, PAGE if size >= LARGE else alignment, **rest)

    store.add_named_data = add_named_data
    try:
        yield
    finally:
        store.add_named_data = original


@contextlib.contextmanager
def _large_tensors_shared():
    """executorch deep-copies whole programs between its steps, but never changes their weights: the copies share them."""
    originals = [(kind, kind.__deepcopy__) for kind in (torch.Tensor, nn.Parameter)]

    def sharing(original):
        def deepcopy(self, memo):
            if not isinstance(self, FakeTensor) and self.device.type == "cpu" and self.nbytes >= LARGE:
                alias = self.detach()
                return nn.Parameter(alias, self.requires_grad) if isinstance(self, nn.Parameter) else alias
            return original(self, memo)

        return deepcopy

    for kind, original in originals:
        kind.__deepcopy__ = sharing(original)
    try:
        yield
    finally:
        for kind, original in originals:
            kind.__deepcopy__ = original


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
