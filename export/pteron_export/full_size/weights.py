"""Random weights, one module at a time, made in the form that they are stored in: no larger copy ever exists."""

import zlib

import torch
from torch import nn

from ..quantization import AffineTensor
from ..quantization.scheme import Choice, Scheme, part_of
from ..weights import Weight


class RandomWeights:
    """`get` for load_weights: norms near 1, matrices of a spread that keeps activations' size from layer to layer."""

    def __init__(self, model: nn.Module, scheme: Scheme, dense: tuple[str, ...] = ()):
        self._shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
        self._scheme, self._dense = scheme, dense

    def get(self, name: str) -> Weight:
        shape, generator = self._shapes[name], torch.Generator().manual_seed(zlib.crc32(name.encode()))
        if len(shape) != 2:
            return 1 + 0.1 * torch.randn(shape, generator=generator)
        choice = self._scheme.choice(part_of(name))
        if choice.format == "none" or name.endswith(self._dense):
            return torch.empty(shape, dtype=torch.bfloat16).normal_(0, shape[1] ** -0.5, generator=generator)
        return random_affine(shape, choice, generator)


def random_affine(shape: tuple[int, int], choice: Choice, generator: torch.Generator) -> AffineTensor:
    """Uniform codes; scales such that the values have a standard deviation of 1 / √columns, and a mean of 0."""
    rows, columns = shape
    group = choice.group or (64 if columns % 64 == 0 else 32)
    words = torch.empty(rows, columns * choice.bits // 32, dtype=torch.int32).random_(-(2**31), 2**31 - 1, generator=generator)
    top = 2**choice.bits - 1
    spread = columns**-0.5 * 12**0.5 / top * torch.empty(rows, columns // group).uniform_(0.8, 1.2, generator=generator)
    return AffineTensor(words, spread, -spread * top / 2, choice.bits, group)
