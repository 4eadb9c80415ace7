"""How long a context a program gets where nobody says: as long as the model was trained for and memory allows."""

import os
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn

from .memory_plan import state_bytes
from .models.layers import Limits
from .quantization.scheme import Choice

LONGEST_DEFAULT, SHORTEST_DEFAULT = 32_768, 4096
MEMORY_SHARE = 0.75  # of the machine's: what a GPU may have on Apple Silicon, and what other programs leave elsewhere
_STEP = 1024


def machine_memory() -> int:
    """Bytes of physical memory."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def default_context(
    build: Callable[[Limits], nn.Module], trained: int, limits: Limits, bits: Callable[[int], float], memory: int
) -> int:
    """At most 32,768 and what the model was trained for. On a GPU the whole cache is allocated at once, so it is shortened until
    weights and cache fit into three quarters of `memory`, but not below 4,096: a longer one can be asked for with --context.
    bits(parameters): how many one takes."""
    wanted = min(trained, LONGEST_DEFAULT)
    limits = replace(limits, context=wanted, chunk=min(limits.chunk, wanted))
    model = build(limits)
    fixed, per_token = state_bytes(model, limits)
    count = sum(parameter.numel() for parameter in model.parameters())
    room = memory * MEMORY_SHARE - fixed - count * bits(count) / 8
    fitting = int(room // max(1, per_token)) // _STEP * _STEP
    return min(wanted, max(SHORTEST_DEFAULT, fitting))


def bits_of(choice: Choice, dtype: torch.dtype) -> float:
    """Of a weight, with scales and biases; what keeps its own quantization counts as 8-bit."""
    if choice.format == "none":
        return dtype.itemsize * 8
    return {"nvfp4": 4.5, "affine": choice.bits + 1}.get(choice.format, 9)
