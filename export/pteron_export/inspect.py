"""What a `.pte`'s MLX graph holds."""

import mmap
from collections import Counter
from pathlib import Path

from executorch.backends.mlx import pte_inspector


def node_counts(program: Path) -> dict[str, int]:
    """Node kind → count over all chains of the MLX delegate, the init chain included."""
    with program.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        payload = pte_inspector._load_mlx_payload(whole)
    graph = pte_inspector._get_fb_graph(getattr(payload, "fb_data", payload))
    chains = pte_inspector._parse_instructions(graph)
    return dict(Counter(node["op_name"] for chain in chains for node in chain["instructions"]).most_common())
