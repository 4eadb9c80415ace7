"""Dense weights → MLX's affine format by rounding to nearest, with torchao's choice of scales and zero points."""

import torch
from torchao.quantization.quant_primitives import MappingType, choose_qparams_affine

from .affine import AffineTensor, pack

_CHUNK = 1 << 24  # values at a time: an embedding's temporaries would take gigabytes


def round_affine(weight: torch.Tensor, bits: int, group: int, dtype: torch.dtype = torch.float32) -> AffineTensor:
    """Asymmetric, a scale and a bias for each `group` columns, stored in `dtype`. weight: float [..., columns]."""
    rows = weight.reshape(-1, weight.shape[-1])
    parts = [_round_rows(part, bits, group, dtype) for part in rows.split(max(1, _CHUNK // rows.shape[1]))]
    words, scales, biases = (torch.cat(column).reshape(*weight.shape[:-1], -1) for column in zip(*parts, strict=True))
    return AffineTensor(words, scales, biases, bits, group)


def _round_rows(weight: torch.Tensor, bits: int, group: int, dtype: torch.dtype) -> tuple[torch.Tensor, ...]:
    scales, biases = min_max_affine(weight.float(), bits, group, dtype)
    return pack(nearest_codes(weight.float(), scales, biases, bits), bits), scales, biases


def min_max_affine(weight: torch.Tensor, bits: int, group: int, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """Scales and biases [rows, columns / group] in `dtype` that span each group's values."""
    scale, zero = choose_qparams_affine(
        weight, MappingType.ASYMMETRIC, (1, group), torch.uint8, 0, 2**bits - 1,
        scale_dtype=torch.float32, zero_point_dtype=torch.int32,
    )  # fmt: skip
    scale, zero = scale.reshape(len(weight), -1), zero.reshape(len(weight), -1)  # torchao drops a single group's axis
    return scale.to(dtype), (-scale * zero.float()).to(dtype)


def nearest_codes(weight: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor, bits: int) -> torch.Tensor:
    """uint8 [rows, columns]: the nearest of the values that the stored scales and biases give."""
    groups = weight.reshape(*scales.shape, -1)
    codes = (groups - biases.float().unsqueeze(-1)) / scales.float().unsqueeze(-1)
    return codes.round_().clamp_(0, 2**bits - 1).to(torch.uint8).reshape(weight.shape)
