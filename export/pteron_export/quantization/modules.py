"""Projections and embeddings on quantized weights, whatever their format."""

import torch
from torch import nn

from . import affine_ops, nvfp4_ops  # noqa: F401  (they register the operators)
from .tensor import QuantizedTensor


class _Quantized(nn.Module):
    """Holds the arrays of a quantized matrix as buffers, so that they become the program's constants by name."""

    def __init__(self, packed: QuantizedTensor):
        super().__init__()
        arrays = packed.arrays()
        self._format = packed.rebuild(dict.fromkeys(arrays, torch.empty(0)))
        for name, array in arrays.items():
            self.register_buffer(name, array)

    @property
    def packed(self) -> QuantizedTensor:
        return self._format.rebuild(dict(self.named_buffers(recurse=False)))


class QuantizedLinear(_Quantized):
    """x[..., K] → [..., N] on quantized weights [N, K]."""

    def __init__(self, packed: QuantizedTensor, bias: torch.Tensor | None = None):
        super().__init__(packed)
        self.register_buffer("bias", bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.packed.matmul(x)
        return y if self.bias is None else y + self.bias


class QuantizedEmbedding(_Quantized):
    """indices[...] → rows [..., K] of quantized weights [N, K]."""

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        return self.packed.rows(indices)

    def as_head(self, x: torch.Tensor) -> torch.Tensor:
        """x[..., K] → [..., N]: the same matrix as the output projection."""
        return self.packed.matmul(x)
