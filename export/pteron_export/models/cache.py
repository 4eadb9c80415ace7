"""KV caches addressed by position: any rewind is valid, for nothing is ever counted or overwritten in a ring.

A step reads the rows up to its own position only, so its cost follows the position, not the context; and rows that were never
written are never touched, so on a CPU they take no memory.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .kv_store import FloatStore, kv_store
from .layers import Limits


class FullCache(nn.Module):
    """Keys and values of every position, [1, heads, context, dim]; causal attention over the positions written."""

    def __init__(self, heads: int, dim: int, limits: Limits):
        super().__init__()
        self.store = kv_store(heads, dim, limits.context, limits)

    def attend(self, q, k, v, step: "Step", scale: float) -> torch.Tensor:
        self.store.write(k, v, step.position)
        if isinstance(self.store, FloatStore) and self.store.k.dtype == q.dtype:
            return torch.ops.mlx.custom_sdpa(q, self.store.k, self.store.v, step.position, None, 0.0, True, scale)
        return torch.ops.pteron.attend(q, *self.store.read(0, step.position + q.shape[2], q.dtype), scale)


class SlidingCache(nn.Module):
    """Like FullCache, with `window` unused rows in front, so that the keys of S queries are always the S + window - 1 rows from
    position + 1 on: a slice of fixed length, valid after any rewind."""

    def __init__(self, heads: int, dim: int, window: int, limits: Limits):
        super().__init__()
        self.window = window
        self.store = kv_store(heads, dim, window + limits.context, limits)

    def attend(self, q, k, v, step: "Step", scale: float) -> torch.Tensor:
        self.store.write(k, v, step.position + self.window)
        keys, values = self.store.read(step.position + 1, step.position + self.window + q.shape[2], q.dtype)
        return F.scaled_dot_product_attention(q, keys, values, step.window_mask, scale=scale, enable_gqa=True)


@dataclass
class Step:
    """What every layer of one call shares: the first token's position and, for sliding layers, the mask."""

    position: int
    window_mask: torch.Tensor | None = None


def window_mask(position: int, queries: int, window: int) -> torch.Tensor:
    """bool [queries, queries + window - 1], true = attend: query i sees row j of SlidingCache's slice if it lies within the
    window (i ≤ j < i + window) and is not one of the rows in front of position 0."""
    i = torch.arange(queries).unsqueeze(1)
    j = torch.arange(queries + window - 1).unsqueeze(0)
    return (j >= i) & (j < i + window) & (j >= window - 1 - position)
