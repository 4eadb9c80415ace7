"""Where a checkpoint keeps what a model written for export calls `NAME.weight`.

Most tensors have that very name. Parameters that belong to no projection have it without `.weight`, and a mixture's experts are
either one tensor [E, N, K] or a matrix each, with gate and up apart.
"""

import re
from collections.abc import Callable

import torch

_EXPERTS = re.compile(r"(.*\.experts)\.(gate_up_proj|down_proj)\.weight")
_PARTS = {"gate_up_proj": ("gate_proj", "up_proj"), "down_proj": ("down_proj",)}


def read_stored(name: str, has: Callable[[str], bool], read: Callable[[str], torch.Tensor]) -> torch.Tensor | None:
    """The tensor that `name` means, experts as a matrix [E * N, K]; None where there is none."""
    if has(name):
        return read(name)
    experts = _EXPERTS.fullmatch(name)
    bare = name.removesuffix(".weight")
    if has(bare):
        tensor = read(bare)
        return tensor.flatten(0, 1) if experts and tensor.dim() == 3 else tensor
    return _one_by_one(experts[1], _PARTS[experts[2]], has, read) if experts else None


def _one_by_one(prefix: str, parts: tuple[str, ...], has, read) -> torch.Tensor | None:
    """Filled in place: a second copy of all experts of a layer would be gigabytes."""
    count = 0
    while has(f"{prefix}.{count}.{parts[0]}.weight"):
        count += 1
    if count == 0:
        return None
    first = read(f"{prefix}.0.{parts[0]}.weight")
    rows = first.shape[0]
    whole = torch.empty(count * len(parts) * rows, first.shape[1], dtype=first.dtype)
    for expert in range(count):
        for index, part in enumerate(parts):
            name = f"{prefix}.{expert}.{part}.weight"
            if not has(name):
                return None
            matrix = read(name)
            if matrix.shape != first.shape:
                return None
            start = (expert * len(parts) + index) * rows
            whole[start : start + rows] = matrix
    return whole
