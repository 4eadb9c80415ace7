"""Recurrent state that can go back: several copies of it, each a slot, of which a call reads one and writes one.

What was written to a slot stays there until it is written again, so the caller goes back to an earlier position by reading its slot
and feeding the tokens since. Slot 0 is never written: it is the state before the first token.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn

from ..memory import untouched_zeros
from .cache import Step

SLOTS = 8


@dataclass
class SlotStep(Step):
    """One call's step, and the slots that it reads and writes."""

    read: torch.Tensor | None = None
    """int64 [1]: an operand, for what is read is copied; a view of the slots would keep MLX from updating them in place."""
    write: int = 0


def read_slots(slots: torch.Tensor) -> tuple[torch.Tensor, int]:
    """slots int64[2] = (read, write), with the bounds that torch.export needs to know."""
    write = slots[1].item()
    torch._check(write >= 0)
    torch._check(write < SLOTS)
    return slots[:1], write


class SlotState(nn.Module):
    """A tensor of state, [1, *shape], in every slot."""

    def __init__(self, shape: tuple[int, ...], dtype: torch.dtype):
        super().__init__()
        self.shape = (1, *shape)
        self.register_buffer("slots", untouched_zeros((1, 1, SLOTS, math.prod(shape)), dtype), persistent=False)

    def read(self, step: SlotStep) -> torch.Tensor:
        return self.slots.index_select(2, step.read).view(self.shape)

    def write(self, state: torch.Tensor, step: SlotStep) -> None:
        torch.ops.mlx.kv_cache_update(self.slots, state.reshape(1, 1, 1, -1), step.write)
