"""Rounds dense weights to MLX's affine format with torchao's quantization primitives."""

import torch
from torchao.quantization.quant_primitives import MappingType, choose_qparams_affine, quantize_affine

from ..errors import ExportError
from .affine import GROUPS, AffineTensor, pack

_CHUNK = 1 << 24  # values at a time: an embedding's temporaries would take gigabytes


def quantize(weight: torch.Tensor, bits: int, group: int) -> AffineTensor:
    """Round to nearest, asymmetric, a scale and a bias a group of `group` columns. weight: float [rows, columns]."""
    if group not in GROUPS or weight.shape[1] % group:
        fitting = [str(g) for g in GROUPS if weight.shape[1] % g == 0]
        raise ExportError(
            "invalid_argument",
            f"Rows of {weight.shape[1]} values cannot be quantized in groups of {group}.",
            f"Choose --group {' or '.join(fitting)}." if fitting else "Choose --quantize none.",
        )
    parts = [_quantize_rows(rows, bits, group) for rows in weight.split(max(1, _CHUNK // weight.shape[1]))]
    words, scales, biases = (torch.cat(column) for column in zip(*parts, strict=True))
    return AffineTensor(words, scales, biases, bits, group)


def _quantize_rows(weight: torch.Tensor, bits: int, group: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    weight, block, top = weight.float(), (1, group), 2**bits - 1
    scale, zero = choose_qparams_affine(
        weight, MappingType.ASYMMETRIC, block, torch.uint8, 0, top, scale_dtype=torch.float32, zero_point_dtype=torch.int32
    )
    q = quantize_affine(weight, block, scale, zero, torch.uint8, 0, top)
    scale, zero = scale.reshape(len(weight), -1), zero.reshape(len(weight), -1)  # torchao drops a single group's axis
    return pack(q, bits), scale, -scale * zero.float()
