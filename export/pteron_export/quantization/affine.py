"""MLX's affine format: w[n, k] = scale[n, k // group] * q[n, k] + bias[n, k // group], q unsigned and packed into uint32 words.

Source of the layout: mlx/ops.cpp `quantize`; values lie low bits first, contiguously, across word borders.
"""

from dataclasses import dataclass

import torch

BITS = (2, 3, 4, 5, 6, 8)
GROUPS = (32, 64, 128)


@dataclass(frozen=True)
class AffineTensor:
    """A quantized matrix [rows, columns], or several of one shape behind one another [experts, rows, columns].
    `biases` None means symmetric: -scale * 2^(bits-1), computed when the program loads."""

    words: torch.Tensor  # int32 [..., columns * bits / 32], the bits of MLX's uint32 words
    scales: torch.Tensor  # float [..., columns / group]
    biases: torch.Tensor | None  # like scales
    bits: int
    group: int

    @property
    def shape(self) -> tuple[int, ...]:
        return *self.words.shape[:-1], self.words.shape[-1] * 32 // self.bits

    @property
    def description(self) -> str:
        return f"affine {self.bits}-bit group {self.group}"

    @property
    def format(self) -> str:
        """As expert_formats.py names it."""
        return f"affine:{self.group}:{self.bits}"

    def to(self, dtype: torch.dtype) -> "AffineTensor":
        """The same integers with scales and biases rounded once to `dtype`."""
        biases = None if self.biases is None else self.biases.to(dtype)
        return AffineTensor(self.words, self.scales.to(dtype), biases, self.bits, self.group)

    def dequantize(self, rows: slice = slice(None)) -> torch.Tensor:
        """fp32 values of some rows."""
        biases = None if self.biases is None else self.biases[rows]
        return dequantize(self.words[rows], self.scales[rows], biases, self.group, self.bits)

    def permute_rows(self, order: torch.Tensor) -> "AffineTensor":
        biases = None if self.biases is None else self.biases[order]
        return AffineTensor(self.words[order], self.scales[order], biases, self.bits, self.group)

    def arrays(self) -> dict[str, torch.Tensor | None]:
        return {"words": self.words, "scales": self.scales, "biases": self.biases}

    def rebuild(self, arrays: dict[str, torch.Tensor]) -> "AffineTensor":
        """The same format around other arrays."""
        return AffineTensor(arrays["words"], arrays["scales"], arrays.get("biases"), self.bits, self.group)

    def matmul(self, x: torch.Tensor) -> torch.Tensor:
        """x[..., K] · wᵀ as the operator that lowers to a quantized matmul."""
        return torch.ops.pteron.affine_matmul(x, self.words, self.scales, self.biases, self.group, self.bits)

    def rows(self, indices: torch.Tensor) -> torch.Tensor:
        """indices[...] → [..., K] as the operator that lowers to a gather and a dequantization."""
        return torch.ops.pteron.affine_rows(indices, self.words, self.scales, self.biases, self.group, self.bits)


def pack(q: torch.Tensor, bits: int) -> torch.Tensor:
    """uint8 [..., columns] with values < 2^bits → int32 [..., columns * bits / 32]."""
    if bits == 8:
        return q.contiguous().view(torch.int32)
    if bits == 4:
        return (q[..., 0::2] | (q[..., 1::2] << 4)).contiguous().view(torch.int32)
    lanes = q.reshape(-1, 32).T.contiguous().to(torch.int64)  # 32 values make `bits` words
    words = torch.zeros(bits, lanes.shape[1], dtype=torch.int64)
    for lane in range(32):
        word, shift = divmod(lane * bits, 32)
        words[word] |= (lanes[lane] << shift) & 0xFFFFFFFF
        if shift + bits > 32:
            words[word + 1] |= lanes[lane] >> (32 - shift)
    return words.T.contiguous().to(torch.int32).reshape(*q.shape[:-1], -1)


def unpack(words: torch.Tensor, bits: int) -> torch.Tensor:
    """int32 [..., n] → uint8 [..., n * 32 / bits]; the inverse of `pack`."""
    if bits == 8:
        return words.contiguous().view(torch.uint8)
    if bits == 4:
        pairs = words.contiguous().view(torch.uint8)
        return torch.stack((pairs & 15, pairs >> 4), dim=-1).flatten(-2)
    groups = words.reshape(-1, bits).T.to(torch.int64) & 0xFFFFFFFF
    lanes = torch.empty(32, groups.shape[1], dtype=torch.uint8)
    for lane in range(32):
        word, shift = divmod(lane * bits, 32)
        value = groups[word] >> shift
        if shift + bits > 32:
            value = value | (groups[word + 1] << (32 - shift))
        lanes[lane] = (value & (2**bits - 1)).to(torch.uint8)
    return lanes.T.contiguous().reshape(*words.shape[:-1], -1)


def dequantize(words: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor | None, group: int, bits: int) -> torch.Tensor:
    """fp32 [..., columns]."""
    scales = scales.float()
    biases = -(2 ** (bits - 1)) * scales if biases is None else biases.float()
    q = unpack(words, bits).reshape(*scales.shape, group)
    return torch.addcmul(biases.unsqueeze(-1), q.float(), scales.unsqueeze(-1)).flatten(-2)
