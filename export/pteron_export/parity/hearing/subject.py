"""What a family of recognizers gives to be compared, and how its program is called."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np
import torch
from torch import nn

from ...quantization import parse_scheme
from ...quantization.requantized import Requantized
from ...run_program import DelegateRunner
from ...weights import Weight, load_weights
from ..quantizations import dtype_of

GROUP = 32
"""Weights of a quantized group: tiny models are no wider than a few of them."""


@dataclass(frozen=True)
class Heard:
    sound: torch.Tensor
    """What the encoder makes of it, as the decoder takes it; fp32."""
    logits: torch.Tensor
    """fp32 [rows, vocabulary], of tokens that are given: each row's with those before it in the cache."""


class Subject(Protocol):
    """A tiny model with the weights of one quantization."""

    def write(self, program: Path) -> None: ...

    def ours(self, runner: DelegateRunner, program: Path) -> Heard: ...

    def theirs(self, dtype: torch.dtype) -> Heard:
        """transformers, computing in that type, on the weights that the program holds."""
        ...


class Held:
    """As much of a Checkpoint as quantizing asks for: a model's own weights."""

    quantization = "none"

    def __init__(self, recipe: ModuleType, model: nn.Module):
        self.recipe, self._state = recipe, dict(model.named_parameters())

    def get(self, name: str) -> Weight:
        return self._state[name].detach()


def quantize(model: nn.Module, dense: nn.Module, recipe: ModuleType, quantization: str) -> None:
    """Fills `model`, of dtype_of(quantization), with what is left of the weights of `dense`, the same model in fp32."""
    dtype = dtype_of(quantization)
    load_weights(model, Requantized(Held(recipe, dense), parse_scheme(quantization, GROUP), model, dtype).get, dtype)


def rounded(model: nn.Module, dtype: torch.dtype) -> nn.Module:
    """transformers' model as it is loaded in that type: rotary frequencies stay as they are."""
    for parameter in model.parameters():
        parameter.data = parameter.data.to(dtype)
    for name, buffer in model.named_buffers():
        if buffer.is_floating_point() and not name.endswith("inv_freq"):
            buffer.data = buffer.data.to(dtype)
    return model


def outputs_of(runner: DelegateRunner, program: Path, method: str, calls: list[list[torch.Tensor]]) -> list[list[torch.Tensor]]:
    """All outputs of each call, executed in order on one state; bf16 as fp32."""
    with tempfile.TemporaryDirectory(dir=program.parent) as scratch:
        folder = Path(scratch)
        files = [[_saved(folder / f"{i}.{j}.npy", tensor) for j, tensor in enumerate(call)] for i, call in enumerate(calls)]
        runner.run(program, method, files, folder / "out")
        counts = [len(list((folder / "out").glob(f"call{i}.output*.npy"))) for i in range(len(calls))]
        load = lambda i, j: torch.from_numpy(np.load(folder / "out" / f"call{i}.output{j}.npy"))  # noqa: E731
        return [[load(i, j) for j in range(count)] for i, count in enumerate(counts)]


def _saved(path: Path, tensor: torch.Tensor) -> Path:
    np.save(path, tensor.contiguous().numpy())
    return path
