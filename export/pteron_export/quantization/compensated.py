"""Quantized formats whose integers are chosen by GPTQ: groups are fitted to the weights, then errors are compensated."""

import torch
from torchao.prototype.mx_formats.kernels import f4_unpacked_to_f32, f32_to_f4_unpacked

from . import nvfp4
from .affine import AffineTensor, pack
from .fitting import fit_groups
from .gptq import compensate
from .rounding import nearest_codes


def compensate_affine(weight: torch.Tensor, bits: int, group: int, dtype: torch.dtype, hessian: torch.Tensor) -> AffineTensor:
    """weight: float [rows, columns]; hessian: the sum of x xᵀ over what it is multiplied with."""
    weight = weight.float()
    scales, biases = fit_groups(weight, bits, group, dtype, hessian.diagonal())
    steps, offsets, top = scales.float().T.contiguous(), biases.float().T.contiguous(), 2**bits - 1

    def nearest(values: torch.Tensor, column: int) -> torch.Tensor:
        step, offset = steps[column // group], offsets[column // group]
        return ((values - offset) / step).round_().clamp_(0, top).mul_(step).add_(offset)

    held = compensate(weight, hessian, nearest)
    return AffineTensor(pack(nearest_codes(held, scales, biases, bits), bits), scales, biases, bits, group)


def compensate_nvfp4(weight: torch.Tensor, hessian: torch.Tensor) -> nvfp4.Nvfp4Tensor:
    """The same with NVFP4's own grid."""
    rounded = nvfp4.quantize_nvfp4(weight)
    scales = rounded.scales.view(torch.float8_e4m3fn).float() * rounded.factor
    steps = scales.T.contiguous()

    def nearest(values: torch.Tensor, column: int) -> torch.Tensor:
        step = steps[column // nvfp4.GROUP]
        return f4_unpacked_to_f32(f32_to_f4_unpacked((values / step).clamp_(-6, 6))) * step

    held = compensate(weight.float(), hessian, nearest)
    codes = f32_to_f4_unpacked((held.reshape(*scales.shape, -1) / scales.unsqueeze(-1)).clamp_(-6, 6))
    return nvfp4.Nvfp4Tensor(pack(codes.flatten(-2), nvfp4.BITS), rounded.scales, rounded.factor)
