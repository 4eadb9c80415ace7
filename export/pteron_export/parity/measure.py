"""One row of the table: a tiny model exported, run by Pteron's delegate, and compared with transformers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .. import models
from ..errors import ExportError
from ..fixtures.models import CHUNK, CONTEXT
from ..lowering import lower_language_model
from ..models.layers import Limits
from ..reference import greedy, logits_of, program_weights, transformers_model
from ..run_program import Call, Runner, in_slots
from .families import Family
from .quantizations import dtype_of, load_random_weights

PROMPT, STEPS = 72, 64  # more than two prefill chunks and windows; the sum fits the context
TOLERANCE = 1e-3  # of a logit where all is computed in fp32
HALF_FACTOR = 2.0  # our error may be this many times transformers' own in bf16 and fp16


@dataclass(frozen=True)
class Compared:
    """One row of a table: what is compared of all tiny models."""

    family: Any
    """Family or HearingFamily."""
    quantization: str
    equal: int = 0
    difference: float = float("nan")
    """Largest difference of a logit from transformers in fp32 on the weights that the program holds."""
    allowed: float = 0.0
    failure: str = ""
    """Why there is nothing to compare."""

    @property
    def all_equal(self) -> bool:
        raise NotImplementedError

    @property
    def passed(self) -> bool:
        exact = self.all_equal or dtype_of(self.quantization) != torch.float32
        return not self.failure and exact and self.difference <= self.allowed


@dataclass(frozen=True)
class Row(Compared):
    """`equal`: greedy tokens of STEPS that are transformers'."""

    distinct: int = 0
    """Different tokens among them: a model that repeats itself would prove little."""

    @property
    def all_equal(self) -> bool:
        return self.equal == STEPS

    @property
    def summary(self) -> str:
        return (
            f"{self.equal} tokens equal ({self.distinct} different ones), difference {self.difference:.1e} of {self.allowed:.1e} allowed"
        )


def compared(kind: type[Compared], family, quantization: str, compare: Callable[[], Compared]) -> Compared:
    """A model that cannot be exported or run is a row that says why."""
    try:
        return compare()
    except ExportError as error:
        return kind(family, quantization, failure=str(error))
    except RuntimeError as error:  # torch's and executorch's way of refusing a graph
        return kind(family, quantization, failure=str(error).splitlines()[0])


def build(family: Family, quantization: str) -> tuple[nn.Module, dict]:
    """(model with its weights, configuration for transformers)."""
    limits = Limits(CONTEXT, CHUNK, dtype_of(quantization))
    config, _ = models.settle(family.recipe, family.config, limits)
    model = family.recipe.build(config, limits)
    load_random_weights(model, family, quantization)
    return model, config


def calls_for(prompt: list[int], continuation: list[int]) -> list[Call]:
    """Prefill in chunks, then a token a call, with the logits of every row: what greedy decoding calls as long as it finds
    the tokens of `continuation`."""
    parts = [(start, prompt[start : start + CHUNK]) for start in range(0, len(prompt), CHUNK)]
    parts += [(len(prompt) + i, [token]) for i, token in enumerate(continuation[:-1])]
    return [Call(tokens, start, list(range(len(tokens)))) for start, tokens in parts]


def measure(family: Family, quantization: str, runner: Runner, folder: Path) -> Row:
    """`folder`: for the program."""
    return compared(Row, family, quantization, lambda: _measure(family, quantization, runner, folder))


def _measure(family: Family, quantization: str, runner: Runner, folder: Path) -> Row:
    model, config = build(family, quantization)
    weights = dict(program_weights(model))
    hf = transformers_model(family.recipe, config, weights.items())
    random = torch.Generator().manual_seed(STEPS)
    prompt = torch.randint(0, config["vocab_size"], (PROMPT,), generator=random).tolist()
    continuation = greedy(hf, prompt, STEPS)
    program = folder / "model.pte"
    lower_language_model(model, model.limits, config["vocab_size"], program, lambda _: None)
    ours = torch.from_numpy(runner.logits(program, in_slots(calls_for(prompt, continuation), model)))
    ids = prompt + continuation[:-1]
    reference = logits_of(hf, ids)
    found = ours[PROMPT - 1 :].argmax(-1).tolist()
    return Row(
        family,
        quantization,
        equal=sum(a == b for a, b in zip(found, continuation, strict=True)),
        distinct=len(set(continuation)),
        difference=float((ours - reference).abs().max()),
        allowed=_allowed(family, config, weights, ids, reference, dtype_of(quantization)),
    )


def _allowed(family: Family, config: dict, weights: dict, ids: list[int], reference: torch.Tensor, dtype: torch.dtype) -> float:
    if dtype == torch.float32:
        return TOLERANCE
    rounded = transformers_model(family.recipe, config, weights.items(), dtype)
    return HALF_FACTOR * float((logits_of(rounded, ids) - reference).abs().max())
