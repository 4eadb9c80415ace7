"""What the model files share: norms, dense projections, the tied head."""

from dataclasses import dataclass

import executorch.backends.mlx.custom_ops  # noqa: F401, E402  (registers torch.ops.mlx.*)
import torch
import torch.nn.functional as F
from torch import nn

from ..quantization.modules import QuantizedEmbedding

MAX_LOGIT_ROWS = 16


@dataclass(frozen=True)
class Limits:
    """What a program is exported for: context in tokens, prefill chunk (upper bound of S), dtype of activations, and what keys
    and values are kept in (one of KV_TYPES; None: the activations' dtype)."""

    context: int
    chunk: int
    dtype: torch.dtype = torch.bfloat16
    kv: str | None = None


def linear(inputs: int, outputs: int, bias: bool = False) -> nn.Linear:
    """A projection whose weights come later."""
    return nn.Linear(inputs, outputs, bias, device="meta")


def embedding(count: int, dim: int) -> nn.Embedding:
    return nn.Embedding(count, dim, device="meta")


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim), requires_grad=False)
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


class Vector(nn.Module):
    """A tensor that belongs to no projection, kept in fp32. `weight` is its name here only: a checkpoint has it as the module's."""

    def __init__(self, *shape: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape, device="meta"), requires_grad=False)


class TiedHead(nn.Module):
    """The output projection that is the embedding's own matrix, so that a program stores it once."""

    def __init__(self, embedding: nn.Module):
        super().__init__()
        self.tie(embedding)

    def tie(self, embedding: nn.Module) -> None:
        # Not as a submodule: under a second name the matrix would be written into the program a second time.
        self._embedding = (embedding,)

    @property
    def embedding(self) -> nn.Module:
        return self._embedding[0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        e = self.embedding
        return e.as_head(x) if isinstance(e, QuantizedEmbedding) else F.linear(x, e.weight)


def read_position(position: torch.Tensor, tokens: torch.Tensor, context: int) -> int:
    """The call's first position as a number, with the bounds that torch.export needs to know."""
    start = position[0].item()
    torch._check(start >= 0)
    torch._check(start + tokens.shape[1] <= context)
    return start


def heads_first(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[1, S, heads * dim] → [1, heads, S, dim]."""
    return x.view(1, x.shape[1], heads, -1).transpose(1, 2)


def heads_last(x: torch.Tensor) -> torch.Tensor:
    """[1, heads, S, dim] → [1, S, heads * dim]."""
    return x.transpose(1, 2).reshape(1, x.shape[2], -1)
