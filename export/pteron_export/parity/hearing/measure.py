"""One row of the second table: a tiny recognizer exported, run by Pteron's delegate, and compared with transformers."""

from dataclasses import dataclass
from pathlib import Path

import torch

from ...run_program import DelegateRunner
from ..measure import HALF_FACTOR, TOLERANCE, Compared, compared
from ..quantizations import dtype_of
from .families import HearingFamily
from .subject import Heard


@dataclass(frozen=True)
class HearingRow(Compared):
    """`equal`: rows whose likeliest column is transformers', of `rows`."""

    rows: int = 0
    heard: float = float("nan")
    """Largest difference of what was heard from transformers in fp32 on the weights that the program holds."""
    heard_allowed: float = 0.0

    @property
    def all_equal(self) -> bool:
        return self.equal == self.rows

    @property
    def passed(self) -> bool:
        return super().passed and self.heard <= self.heard_allowed

    @property
    def summary(self) -> str:
        return (
            f"{self.equal} of {self.rows} rows equal, heard within {self.heard:.1e} of {self.heard_allowed:.1e}, "
            f"logits within {self.difference:.1e} of {self.allowed:.1e} allowed"
        )


def measure_hearing(family: HearingFamily, quantization: str, runner: DelegateRunner, folder: Path) -> HearingRow:
    """`folder`: for the program."""
    return compared(HearingRow, family, quantization, lambda: _measure(family, quantization, runner, folder / "model.pte"))


def _measure(family: HearingFamily, quantization: str, runner: DelegateRunner, program: Path) -> HearingRow:
    subject, dtype = family.build(quantization), dtype_of(quantization)
    subject.write(program)
    ours, exact = subject.ours(runner, program), subject.theirs(torch.float32)
    heard, logits = _difference(ours, exact)
    allowed = (TOLERANCE, TOLERANCE)
    if dtype != torch.float32:
        allowed = tuple(HALF_FACTOR * each for each in _difference(subject.theirs(dtype), exact))
    return HearingRow(
        family,
        quantization,
        equal=int((ours.logits.argmax(-1) == exact.logits.argmax(-1)).sum()),
        rows=len(exact.logits),
        heard=heard,
        heard_allowed=allowed[0],
        difference=logits,
        allowed=allowed[1],
    )


def _difference(found: Heard, wanted: Heard) -> tuple[float, float]:
    return float((found.sound - wanted.sound).abs().max()), float((found.logits - wanted.logits).abs().max())
