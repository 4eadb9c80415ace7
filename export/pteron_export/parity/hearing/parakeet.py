"""The tiny Parakeet of the fixtures: a FastConformer, and a transducer that says tokens and durations."""

from pathlib import Path

import torch

from ...fixtures.parakeet import CONFIG, build
from ...models import parakeet
from ...models.layers import Limits
from ...models.parakeet import WINDOW
from ...parakeet.methods import write_program
from ...parakeet.reference import RATE, Step, features_of, steps_of, transformers_parakeet
from ...parakeet.verify import padded
from ...reference import program_weights
from ...run_program import DelegateRunner
from ...speech import sound_samples
from ..quantizations import dtype_of
from .subject import Heard, outputs_of, quantize, rounded

SECONDS, STEPS = 8, 24


class Parakeet:
    def __init__(self, quantization: str):
        self._sound = features_of(sound_samples(SECONDS * RATE)[:-777], CONFIG["encoder_config"]["num_mel_bins"])
        self.model = parakeet.build(CONFIG, Limits(WINDOW, 1, dtype_of(quantization)))
        quantize(self.model, build(self._sound), parakeet, quantization)
        self._exact = transformers_parakeet(CONFIG, program_weights(self.model))
        with torch.no_grad():
            self._heard = self._exact.get_audio_features(self._sound).pooler_output
            self._steps = steps_of(self._exact, self._heard, STEPS)

    def write(self, program: Path) -> None:
        write_program(self.model, program)

    def ours(self, runner: DelegateRunner, program: Path) -> Heard:
        sound = [padded(self._sound, self.model.subsampling), torch.tensor([self._sound.shape[1]])]
        ((heard,),) = outputs_of(runner, program, "encode", [sound])
        calls = [[torch.tensor([[step.token]]), step.hidden, step.cell, self._heard[:, step.frames]] for step in self._steps]
        return Heard(heard, torch.cat([logits[0] for logits, *_ in outputs_of(runner, program, "decode", calls)]))

    @torch.no_grad()
    def theirs(self, dtype: torch.dtype) -> Heard:
        if dtype == torch.float32:
            return Heard(self._heard, torch.cat([step.logits for step in self._steps]))
        reference = rounded(transformers_parakeet(CONFIG, program_weights(self.model)), dtype)
        heard = reference.get_audio_features(self._sound.to(dtype)).pooler_output
        logits = [_said(reference, step, self._heard[:, step.frames].to(dtype), dtype) for step in self._steps]
        return Heard(heard.float(), torch.cat(logits).float())


def _said(reference, step: Step, heard: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    state = (step.hidden.unsqueeze(1).to(dtype), step.cell.unsqueeze(1).to(dtype))
    said, _ = reference.decoder.lstm(reference.decoder.embedding(torch.tensor([[step.token]])), state)
    return reference.joint(reference.decoder.decoder_projector(said), heard)[0]
