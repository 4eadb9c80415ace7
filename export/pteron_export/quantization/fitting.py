"""Scales and biases that make rounding cost least, instead of those that span each group's values.

A range somewhat narrower than a group's clips its outliers and rounds everything else more finely; and for given integers the
best scale and bias are a weighted linear regression. Both are tried and the better kept, group by group (in the manner of
llama.cpp's `make_qkx2_quants`). A weight's error counts as much as the square of what it is multiplied with, where that is known.
"""

import torch

from .affine import AffineTensor, pack
from .rounding import min_max_affine, nearest_codes

_CHUNK = 1 << 22  # values at a time
_RANGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)  # of the group's own
_ROUNDS = 2  # of regression


def fit_affine(
    weight: torch.Tensor, bits: int, group: int, dtype: torch.dtype = torch.float32, importance: torch.Tensor | None = None
) -> AffineTensor:
    """Like `round_affine`. importance: [columns], the mean square of what each column is multiplied with."""
    rows = weight.reshape(-1, weight.shape[-1])
    parts = []
    for part in rows.split(max(1, _CHUNK // rows.shape[1])):
        scales, biases = fit_groups(part.float(), bits, group, dtype, importance)
        parts.append((pack(nearest_codes(part.float(), scales, biases, bits), bits), scales, biases))
    words, scales, biases = (torch.cat(column).reshape(*weight.shape[:-1], -1) for column in zip(*parts, strict=True))
    return AffineTensor(words, scales, biases, bits, group)


def fit_groups(
    weight: torch.Tensor, bits: int, group: int, dtype: torch.dtype, importance: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scales and biases [rows, columns / group] in `dtype` for fp32 weights [rows, columns]."""
    values = weight.reshape(len(weight), -1, group)
    shares = torch.ones(values.shape[1:]) if importance is None else importance.float().reshape(-1, group)
    shares = shares / shares.mean(-1, keepdim=True).clamp_min(1e-30) + 1e-6
    low, high = values.amin(-1).clamp_max(0), values.amax(-1).clamp_min(0)
    best = min_max_affine(weight, bits, group, dtype)
    error = _error(values, *best, bits, shares)
    for width in _RANGES:
        scales = (high - low) * width / (2**bits - 1)
        candidate = (scales.clamp_min(1e-12), low * width)
        for round_ in range(_ROUNDS + 1):
            stored = tuple(part.to(dtype) for part in candidate)
            found = _error(values, *stored, bits, shares)
            better = found < error
            best = tuple(torch.where(better, new, old) for new, old in zip(stored, best, strict=True))
            error = torch.where(better, found, error)
            if round_ < _ROUNDS:
                candidate = _regress(values, *stored, bits, shares)
    return best


def _codes(values: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor, bits: int) -> torch.Tensor:
    """The nearest codes as floats, shaped as the values."""
    inverse = 1 / scales.float().unsqueeze(-1)
    return ((values - biases.float().unsqueeze(-1)) * inverse).round_().clamp_(0, 2**bits - 1)


def _error(values: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor, bits: int, shares: torch.Tensor) -> torch.Tensor:
    codes = _codes(values, scales, biases, bits)
    off = torch.addcmul(biases.float().unsqueeze(-1), codes, scales.float().unsqueeze(-1)).sub_(values)
    error = off.square_().mul_(shares).sum(-1)
    return torch.where(torch.isfinite(error), error, torch.inf)


def _regress(values: torch.Tensor, scales: torch.Tensor, biases: torch.Tensor, bits: int, shares: torch.Tensor):
    """The scale and bias that fit best to the integers which these ones give."""
    codes = _codes(values, scales, biases, bits)
    total = shares.sum(-1)
    weighted = codes * shares
    mean_code, mean_value = weighted.sum(-1) / total, (values * shares).sum(-1) / total
    spread = (weighted * codes).sum(-1) / total - mean_code.square()
    together = (weighted * values).sum(-1) / total - mean_code * mean_value
    fitted = torch.where(spread > 1e-9, together / spread.clamp_min(1e-9), scales.float())
    fitted = torch.where(fitted > 0, fitted, scales.float())
    return fitted, mean_value - fitted * mean_code
