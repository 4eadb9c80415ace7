"""The quantizations of the table, and a tiny model's random weights held in them as --quantize would."""

from types import ModuleType

import torch
from torch import nn

from ..quantization import NAMED, parse_scheme
from ..quantization.requantized import Requantized
from ..quantization.scheme import DTYPES
from ..weights import Weight, load_weights
from .families import Family

QUANTIZATIONS: tuple[str, ...] = NAMED


def dtype_of(quantization: str) -> torch.dtype:
    """Of activations and dense weights. Quantized models are compared with fp32 around them, so that nothing else is rounded."""
    return DTYPES.get(quantization, torch.float32)


def load_random_weights(model: nn.Module, family: Family, quantization: str) -> None:
    """The same weights for every quantization."""
    dtype = dtype_of(quantization)
    source = _RandomCheckpoint(family, model)
    load_weights(model, Requantized(source, parse_scheme(quantization), model, dtype).get, dtype)


class _RandomCheckpoint:
    """As much of a Checkpoint as quantizing asks for."""

    quantization = "none"

    def __init__(self, family: Family, model: nn.Module):
        self._family = family
        self._shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
        self._generator = torch.Generator().manual_seed(sum(family.key.encode()))

    @property
    def recipe(self) -> ModuleType:
        return self._family.recipe

    def get(self, name: str) -> Weight:
        return self._family.weight(name, self._shapes[name], self._generator)
