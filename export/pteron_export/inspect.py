"""What a `.pte`'s MLX graph holds."""

from collections import Counter
from pathlib import Path

from executorch.backends.mlx import pte_inspector
from executorch.exir._serialize import _program as pte


def node_counts(program: Path) -> dict[str, int]:
    """Node kind → count over all chains of the MLX delegate, the init chain included."""
    raw = _delegate_payload(program)
    end = pte_inspector.MLXHeader.from_bytes(raw).data_segment_offset
    graph = pte_inspector._get_fb_graph(raw[pte_inspector.MLX_HEADER_LENGTH : end])
    chains = pte_inspector._parse_instructions(graph)
    return dict(Counter(node["op_name"] for chain in chains for node in chain["instructions"]).most_common())


def _delegate_payload(program: Path) -> bytes:
    """Only the parts of the file that are wanted: executorch's own reader copies all of it, constants included."""
    with program.open("rb") as file:
        header = pte._get_extended_header(file.read(64))
        file.seek(0)
        description = pte._flatbuffer_to_program(file.read(header.program_size))
        delegates = [delegate for plan in description.execution_plan for delegate in plan.delegates]
        segment = description.segments[next(d.processed.index for d in delegates if "mlx" in d.id.lower())]
        file.seek(header.segment_base_offset + segment.offset)
        return file.read(segment.size)
