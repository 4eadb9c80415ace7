"""Quantizes projections while a calibration text flows through them, so that each makes good its rounding for real inputs.

The model is computed once, with no more than one projection's dense weights in memory: where a projection is reached, its
weights are read, quantized for the inputs seen, and the quantized ones compute what the next layers see. So later layers make
good what earlier ones lost, too.
"""

from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn

from .tensor import QuantizedTensor

TEXT = Path(__file__).with_name("calibration.txt")
MAX_TOKENS = 2048

Quantizer = Callable[[str, torch.Tensor | None], torch.Tensor | QuantizedTensor]
"""(name, sum of x xᵀ over the inputs x or None) → that weight as the program will hold it."""


def calibration_ids(tokenizer: Path, bos: int | None, limit: int) -> list[int]:
    """The calibration text as tokens, at most `limit`."""
    ids = Tokenizer.from_file(str(tokenizer)).encode(TEXT.read_text(encoding="utf-8"), add_special_tokens=False).ids
    return (ids if bos is None else [bos, *ids])[:limit]


def can_calibrate(model: nn.Module) -> bool:
    """Whether all matrices are plain projections or the embedding: experts see too few tokens each."""
    matrices = [m for m in model.modules() if isinstance(getattr(m, "weight", None), torch.Tensor) and m.weight.dim() > 1]
    return all(isinstance(m, nn.Linear | nn.Embedding) for m in matrices)


@torch.no_grad()
def calibrate(model: nn.Module, ids: list[int], quantize: Quantizer) -> None:
    """Calls `quantize` for the embedding and then for every projection but the head, in the order of computation. `model`: a
    recipe's, in fp32 with room for `ids`, without weights; its head is left out and it is of no use afterwards."""
    model.lm_head = nn.Identity()
    seen = _Seen()
    for name, module in list(model.named_modules()):
        if not isinstance(getattr(module, "weight", None), torch.Tensor):
            continue
        parent, _, attribute = name.rpartition(".")
        if isinstance(module, nn.Linear):
            setattr(model.get_submodule(parent), attribute, _Projection(name, module.bias is not None, quantize, seen))
        elif isinstance(module, nn.Embedding):
            setattr(model.get_submodule(parent), attribute, _Rows(name, quantize))
        else:
            module.weight = nn.Parameter(_dense(quantize(f"{name}.weight", None)), requires_grad=False)
    model(torch.tensor([ids]), torch.tensor([0]), torch.tensor([0]))


def _dense(weight: torch.Tensor | QuantizedTensor) -> torch.Tensor:
    return weight.dequantize() if isinstance(weight, QuantizedTensor) else weight.float()


class _Seen:
    """The products of the inputs seen last: queries, keys and values have the same."""

    def __init__(self) -> None:
        self._x: torch.Tensor | None = None

    def products(self, x: torch.Tensor) -> torch.Tensor:
        if x is not self._x:
            rows = x.reshape(-1, x.shape[-1]).float()
            self._x, self._products = x, rows.T @ rows
        return self._products


class _Projection(nn.Module):
    def __init__(self, name: str, has_bias: bool, quantize: Quantizer, seen: _Seen):
        super().__init__()
        self._name, self._has_bias, self._quantize, self._seen = name, has_bias, quantize, seen

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = _dense(self._quantize(f"{self._name}.weight", self._seen.products(x)))
        bias = _dense(self._quantize(f"{self._name}.bias", None)) if self._has_bias else None
        return F.linear(x, weight, bias)


class _Rows(nn.Module):
    def __init__(self, name: str, quantize: Quantizer):
        super().__init__()
        self._name, self._quantize = name, quantize

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        weight = self._quantize(f"{self._name}.weight", None)
        if isinstance(weight, QuantizedTensor):
            return weight.rows(indices).float()
        return F.embedding(indices, weight).float()
