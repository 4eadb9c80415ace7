"""The tiny Voxtrals of the fixtures: what was heard stands in the tokens' places, or is added to them."""

from pathlib import Path

import torch

from ...fixtures import voxtral as tiny
from ...models.layers import Limits
from ...reference import program_weights
from ...run_program import DelegateRunner
from ...voxtral.methods import lower_voxtral
from ...voxtral.reference import transformers_voxtral
from ...voxtral.special_tokens import MINI, REALTIME
from ...voxtral.verify import by_delegate, compute, heard_and_written, work_of
from ..quantizations import dtype_of
from .subject import Heard, quantize, rounded

_TOKENS = {name: tiny.MARKERS.index(marker) for name, marker in (MINI | REALTIME).items()}


class Voxtral:
    """`id`: of the fixture."""

    def __init__(self, id: str, quantization: str):
        dense, self._recipe, self._config = tiny.build(id)
        limits = Limits(dense.limits.context, dense.limits.chunk, dtype_of(quantization))
        self.model = self._recipe.build(self._config, limits)
        quantize(self.model, dense, self._recipe, quantization)
        self._work = work_of(self.model, _TOKENS, tiny.VOCABULARY)

    def write(self, program: Path) -> None:
        lower_voxtral(self.model, tiny.VOCABULARY, program)

    def ours(self, runner: DelegateRunner, program: Path) -> Heard:
        return Heard(*compute(self.model, self._work, by_delegate(runner, program)))

    @torch.no_grad()
    def theirs(self, dtype: torch.dtype) -> Heard:
        reference = rounded(transformers_voxtral(self._recipe, self._config, program_weights(self.model)), dtype)
        heard, logits = heard_and_written(reference, self.model, self._work)
        return Heard(heard.float(), logits.float())
