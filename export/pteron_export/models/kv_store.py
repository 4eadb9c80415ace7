"""How a layer's keys and values are kept: as they are, in another float type, or quantized. Rows are addressed by position."""

import torch
from torch import nn

from ..errors import ExportError
from ..memory import untouched_zeros
from . import kv_ops  # noqa: F401  (registers the operators)
from .layers import Limits

FLOATS = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
BITS = {"8": 8, "4": 4}
KV_TYPES = (*FLOATS, *BITS)


def kv_store(heads: int, dim: int, rows: int, limits: Limits) -> nn.Module:
    """Room for the keys and values, [1, heads, rows, dim] each, as `limits.kv` says."""
    if limits.kv in BITS:
        return QuantizedStore(heads, dim, rows, BITS[limits.kv], limits.dtype)
    return FloatStore(heads, dim, rows, FLOATS.get(limits.kv, limits.dtype))


class FloatStore(nn.Module):
    def __init__(self, heads: int, dim: int, rows: int, dtype: torch.dtype):
        super().__init__()
        self.register_buffer("k", untouched_zeros((1, heads, rows, dim), dtype), persistent=False)
        self.register_buffer("v", untouched_zeros((1, heads, rows, dim), dtype), persistent=False)

    def write(self, k: torch.Tensor, v: torch.Tensor, row: int) -> None:
        torch.ops.mlx.kv_cache_update(self.k, k, row)
        torch.ops.mlx.kv_cache_update(self.v, v, row)

    def read(self, start: int, stop: int, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
        return self.k[:, :, start:stop].to(dtype), self.v[:, :, start:stop].to(dtype)


class QuantizedStore(nn.Module):
    """Codes in MLX's affine format: each head's row in groups along its dimension with a scale and a bias, w = scale · code + bias.
    Keys and values lie behind one another as heads, so that both are quantized in one go."""

    def __init__(self, heads: int, dim: int, rows: int, bits: int, dtype: torch.dtype):
        super().__init__()
        self.heads, self.bits = heads, bits
        self.group = next((g for g in (64, 32) if dim % g == 0), 0)
        if not self.group:
            raise ExportError(
                "invalid_argument", f"Heads of {dim} values cannot be quantized in groups of 32 or 64.", "Choose --kv bf16 or fp16."
            )
        shape = (1, 2 * heads, rows)
        self.register_buffer("words", untouched_zeros((*shape, dim * bits // 32), torch.uint32), persistent=False)
        for name in ("scales", "biases"):
            self.register_buffer(name, untouched_zeros((*shape, dim // self.group), dtype), persistent=False)

    def write(self, k: torch.Tensor, v: torch.Tensor, row: int) -> None:
        x = torch.cat([k, v], 1)
        groups = x.float().unflatten(-1, (-1, self.group))
        low, high, top = groups.amin(-1), groups.amax(-1), 2**self.bits - 1
        torch.ops.mlx.kv_cache_update(self.scales, ((high - low) / top).to(self.scales.dtype), row)
        torch.ops.mlx.kv_cache_update(self.biases, low.to(self.biases.dtype), row)
        # Codes belong to scales and biases as they were rounded into the cache: they are read back from there.
        scale = self.scales[:, :, row : row + x.shape[2]].float().clamp(min=1e-9).unsqueeze(-1)
        bias = self.biases[:, :, row : row + x.shape[2]].float().unsqueeze(-1)
        codes = ((groups - bias) / scale + 0.5).clamp(0, top + 0.5)  # the words take the whole part
        words = torch.ops.pteron.pack_codes(codes.reshape(*x.shape[:3], self.words.shape[-1], 32 // self.bits))
        torch.ops.mlx.kv_cache_update(self.words, words, row)

    def read(self, start: int, stop: int, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [buffer[:, :, start:stop] for buffer in (self.words, self.scales, self.biases)]
        k = torch.ops.pteron.unpack_rows(*(part[:, : self.heads] for part in parts), self.group, self.bits)
        v = torch.ops.pteron.unpack_rows(*(part[:, self.heads :] for part in parts), self.group, self.bits)
        return k.to(dtype), v.to(dtype)
