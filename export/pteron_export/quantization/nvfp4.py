"""MLX's NVFP4: w[n, k] = factor * scale[n, k // 16] * code[n, k], codes in e2m1 (eight in a uint32 word), scales in e4m3.

Source of the layout: mlx/ops.cpp `fp_quantize`. MLX's kernels for Metal take no scale of a whole matrix
(mlx issue 3557), so `factor` is multiplied outside. It is a power of two: the product is exact in any float type, and e4m3's
precision is the same in every binade, so nothing is lost against a factor of any value.
"""

import math
from dataclasses import dataclass, replace

import torch
from torchao.prototype.mx_formats.kernels import f4_unpacked_to_f32, f32_to_f4_unpacked

from .affine import pack, unpack

BITS, GROUP = 4, 16
_LARGEST_CODE = 6.0
# The largest scale of a matrix comes to lie in [4, 12): nine binades of normal e4m3 numbers below it, and products by which
# fp16 neither overflows nor underflows.
_TOP_EXPONENT = 3
_E4M3_MAX, _E4M3_MIN = 448.0, 2.0**-9


@dataclass(frozen=True)
class Nvfp4Tensor:
    """A quantized matrix [rows, columns], or several of one shape behind one another [experts, rows, columns]."""

    words: torch.Tensor  # int32 [..., columns / 8], the bits of MLX's uint32 words
    scales: torch.Tensor  # uint8 [..., columns / 16], e4m3
    factor: float = 1.0
    dtype: torch.dtype = torch.float32
    """What rows are looked up in; products have their activations' type."""

    bits, group = BITS, GROUP

    @property
    def shape(self) -> tuple[int, ...]:
        return *self.words.shape[:-1], self.words.shape[-1] * 8

    @property
    def description(self) -> str:
        return "NVFP4"

    @property
    def format(self) -> str:
        """As expert_formats.py names it, with the exponent of the factor."""
        return f"nvfp4:{round(math.log2(self.factor))}"

    def to(self, dtype: torch.dtype) -> "Nvfp4Tensor":
        return replace(self, dtype=dtype)

    def dequantize(self, rows: slice = slice(None)) -> torch.Tensor:
        """fp32 values of some rows."""
        return dequantize(self.words[rows], self.scales[rows]) * self.factor

    def permute_rows(self, order: torch.Tensor) -> "Nvfp4Tensor":
        return replace(self, words=self.words[order], scales=self.scales[order])

    def arrays(self) -> dict[str, torch.Tensor | None]:
        return {"words": self.words, "scales": self.scales}

    def rebuild(self, arrays: dict[str, torch.Tensor]) -> "Nvfp4Tensor":
        """The same format around other arrays."""
        return replace(self, words=arrays["words"], scales=arrays["scales"])

    def matmul(self, x: torch.Tensor) -> torch.Tensor:
        """x[..., K] · wᵀ; the factor goes to the shorter side."""
        rows, columns = self.shape
        if self.factor == 1:
            return torch.ops.pteron.nvfp4_matmul(x, self.words, self.scales)
        if columns <= rows:
            return torch.ops.pteron.nvfp4_matmul(x * self.factor, self.words, self.scales)
        return torch.ops.pteron.nvfp4_matmul(x, self.words, self.scales) * self.factor

    def rows(self, indices: torch.Tensor) -> torch.Tensor:
        """indices[...] → [..., K]."""
        found = torch.ops.pteron.nvfp4_rows(indices, self.words, self.scales, self.dtype)
        return found if self.factor == 1 else found * self.factor


def dequantize(words: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """fp32 [..., columns], without the factor."""
    codes = f4_unpacked_to_f32(unpack(words, BITS)).reshape(*scales.shape, GROUP)
    return (codes * scales.view(torch.float8_e4m3fn).float().unsqueeze(-1)).flatten(-2)


def quantize_nvfp4(weight: torch.Tensor) -> Nvfp4Tensor:
    """Each group's largest value becomes 6, or 4 where that leaves a smaller square error. weight: float [..., columns]."""
    largest = float(weight.abs().amax()) if weight.numel() else 0.0
    factor = 1.0 if largest == 0 else 2.0 ** (math.frexp(largest / _LARGEST_CODE)[1] - _TOP_EXPONENT)
    parts = [_quantize_rows(rows, factor) for rows in weight.reshape(-1, weight.shape[-1]).split(1 << 14)]
    words, scales = (torch.cat(column).reshape(*weight.shape[:-1], -1) for column in zip(*parts, strict=True))
    return Nvfp4Tensor(words, scales, factor)


def _quantize_rows(weight: torch.Tensor, factor: float) -> tuple[torch.Tensor, torch.Tensor]:
    groups = weight.float().reshape(len(weight), -1, GROUP) / factor
    best: tuple[torch.Tensor, ...] | None = None
    for top in (_LARGEST_CODE, 4.0):  # the step from 4 to 6 is coarse
        scale = (groups.abs().amax(-1) / top).clamp(_E4M3_MIN, _E4M3_MAX).to(torch.float8_e4m3fn)
        codes = f32_to_f4_unpacked((groups / scale.float().unsqueeze(-1)).clamp(-_LARGEST_CODE, _LARGEST_CODE))
        error = (f4_unpacked_to_f32(codes) * scale.float().unsqueeze(-1) - groups).square().sum(-1)
        found = (codes, scale.view(torch.uint8), error)
        if best is not None:
            better = error < best[2]
            found = (torch.where(better.unsqueeze(-1), codes, best[0]), torch.where(better, found[1], best[1]), error)
        best = found
    return pack(best[0].flatten(1), BITS), best[1]
