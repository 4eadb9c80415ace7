"""GPTQ: each column's rounding error is made good by the columns still to be rounded, as far as the inputs seen allow.

Frantar et al. 2022 (arXiv 2210.17323), with groups fitted beforehand and the columns that matter most first.
"""

from collections.abc import Callable

import torch

from ..errors import ExportError

_BLOCK = 128
_WIDE = 4096
_DAMPING = 0.01  # of the mean diagonal


def compensate(weight: torch.Tensor, hessian: torch.Tensor, nearest: Callable[[torch.Tensor, int], torch.Tensor]) -> torch.Tensor:
    """fp32 [rows, columns] that `nearest` maps to codes whose product with the inputs is close to that of `weight`.

    hessian: [columns, columns], the sum of x xᵀ over the inputs x. nearest(values [rows], column): the values that the format
    can hold, as it would store them in that column."""
    order = torch.argsort(hessian.diagonal(), descending=True)
    columns, upper = order.tolist(), _inverse_factor(hessian[order][:, order])
    work = weight.T[order].contiguous()  # a column of the weights is a row here
    out = torch.empty_like(weight)
    for start in range(0, len(columns), _BLOCK):
        stop = min(start + _BLOCK, len(columns))
        errors = torch.empty(stop - start, work.shape[1])
        for at in range(start, stop):
            held = nearest(work[at], columns[at])
            out[:, columns[at]] = held
            torch.div(work[at] - held, upper[at, at], out=errors[at - start])
            work[at + 1 : stop].addr_(upper[at, at + 1 : stop], errors[at - start], alpha=-1)
        work[stop:].addmm_(upper[start:stop, stop:].T, errors, alpha=-1)
    return out


def _inverse_factor(hessian: torch.Tensor) -> torch.Tensor:
    """The upper Cholesky factor of the damped Hessian's inverse."""
    # Wide projections of large models would take gigabytes in fp64.
    hessian, damping = hessian.to(torch.float64 if len(hessian) <= _WIDE else torch.float32), _DAMPING
    mean = hessian.diagonal().mean().clamp_min(1e-12)
    if not torch.isfinite(hessian).all():
        raise ExportError(
            "program_invalid", "The calibration text gives values that are no numbers.", "The checkpoint is damaged: get it again."
        )
    while True:
        damped = hessian.clone()
        damped.diagonal().add_(damping * mean)
        factor, failed = torch.linalg.cholesky_ex(damped)
        if not failed:
            inverse, failed = torch.linalg.cholesky_ex(torch.cholesky_inverse(factor), upper=True)
            if not failed:
                return inverse.float()
        damping *= 10
