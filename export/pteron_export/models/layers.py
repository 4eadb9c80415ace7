"""What the model files share: norms, caches addressed by position, dense and affine projections."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from ..affine import AffineTensor
from .. import affine_ops  # noqa: F401  (registers the operators)
import executorch.backends.mlx.custom_ops  # noqa: F401, E402  (registers torch.ops.mlx.*)

MAX_LOGIT_ROWS = 16


@dataclass(frozen=True)
class Limits:
    """What a program is exported for: context in tokens, prefill chunk (upper bound of S), dtype of activations and caches."""

    context: int
    chunk: int
    dtype: torch.dtype = torch.bfloat16


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


class _Affine(nn.Module):
    def __init__(self, weight: AffineTensor):
        super().__init__()
        self.group, self.bits = weight.group, weight.bits
        self.register_buffer("words", weight.words)
        self.register_buffer("scales", weight.scales)
        self.register_buffer("biases", weight.biases)


class AffineLinear(_Affine):
    """x[..., K] → [..., N] on affine weights [N, K]."""

    def __init__(self, weight: AffineTensor, bias: torch.Tensor | None = None):
        super().__init__(weight)
        self.register_buffer("bias", bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.ops.pteron.affine_matmul(x, self.words, self.scales, self.biases, self.group, self.bits)
        return y if self.bias is None else y + self.bias


class AffineEmbedding(_Affine):
    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        return torch.ops.pteron.affine_rows(indices, self.words, self.scales, self.biases, self.group, self.bits)


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
        if isinstance(e, AffineEmbedding):
            return torch.ops.pteron.affine_matmul(x, e.words, e.scales, e.biases, e.group, e.bits)
        return F.linear(x, e.weight)


class FullCache(nn.Module):
    """Keys and values of every position, [1, heads, context, dim]; causal attention over the positions written."""

    def __init__(self, heads: int, dim: int, limits: Limits):
        super().__init__()
        shape = (1, heads, limits.context, dim)
        self.register_buffer("k", torch.zeros(shape, dtype=limits.dtype), persistent=False)
        self.register_buffer("v", torch.zeros(shape, dtype=limits.dtype), persistent=False)

    def attend(self, q, k, v, step: "Step", scale: float) -> torch.Tensor:
        torch.ops.mlx.kv_cache_update(self.k, k, step.position)
        torch.ops.mlx.kv_cache_update(self.v, v, step.position)
        return torch.ops.mlx.custom_sdpa(q, self.k, self.v, step.position, None, 0.0, True, scale)


class SlidingCache(nn.Module):
    """Like FullCache, with `window` unused rows in front, so that the keys of S queries are always the S + window - 1 rows from
    position + 1 on: a slice of fixed length, valid after any rewind."""

    def __init__(self, heads: int, dim: int, window: int, limits: Limits):
        super().__init__()
        self.window = window
        shape = (1, heads, window + limits.context, dim)
        self.register_buffer("k", torch.zeros(shape, dtype=limits.dtype), persistent=False)
        self.register_buffer("v", torch.zeros(shape, dtype=limits.dtype), persistent=False)

    def attend(self, q, k, v, step: "Step", scale: float) -> torch.Tensor:
        torch.ops.mlx.kv_cache_update(self.k, k, step.position + self.window)
        torch.ops.mlx.kv_cache_update(self.v, v, step.position + self.window)
        start, stop = step.position + 1, step.position + self.window + q.shape[2]
        return F.scaled_dot_product_attention(
            q, self.k[:, :, start:stop], self.v[:, :, start:stop], step.window_mask, scale=scale, enable_gqa=True
        )


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
