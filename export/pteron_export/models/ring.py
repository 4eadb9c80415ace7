"""A KV cache of the last positions only, for a sound that goes on for hours: position p lies in row p modulo the rows.

There is room for a chunk beside the window, so that no query of a call misses a key that the call itself overwrote. What a call
writes must not run over the ring's end: chunks divide it, so a caller whose calls begin at multiples of a chunk, or feed one token
at a time, never does. Going back is to position 0 only.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .cache import Step
from .kv_store import kv_store
from .layers import Limits


def ring_rows(window: int, chunk: int) -> int:
    """A multiple of `chunk`."""
    return (-(-window // chunk) + 1) * chunk


@dataclass
class RingStep(Step):
    row: int = 0
    """Of the call's first position."""
    used: int = 0
    """Rows that were ever written."""
    mask: torch.Tensor | None = None
    """bool [queries, used], true = attend."""


def ring_step(position: torch.Tensor, count: int, window: int, rows: int) -> RingStep:
    """position int64[1]: of the first of `count` queries."""
    start = position[0].item()
    torch._check(start >= 0)
    used = (position + count).clamp(max=rows)[0].item()
    torch._check(used >= 1)
    torch._check(used <= rows)
    row = (position % rows)[0].item()
    torch._check(row >= 0)
    torch._check(row + count <= rows)
    newest = row + count - 1
    age = newest - torch.arange(used).unsqueeze(0)  # of a row's position, counted back from the call's last
    age = torch.where(age < 0, age + rows, age)
    own = count - 1 - torch.arange(count).unsqueeze(1)
    return RingStep(start, None, row, used, (age >= own) & (age < own + window))


class RingCache(nn.Module):
    def __init__(self, heads: int, dim: int, rows: int, limits: Limits):
        super().__init__()
        self.store = kv_store(heads, dim, rows, limits)

    def attend(self, q, k, v, step: RingStep, scale: float) -> torch.Tensor:
        self.store.write(k, v, step.row)
        keys, values = self.store.read(0, step.used, q.dtype)
        return F.scaled_dot_product_attention(q, keys, values, step.mask, scale=scale, enable_gqa=True)
