"""Compares a written Parakeet with transformers on the same weights."""

import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from ..errors import program_differs
from ..models.parakeet import Decode, Encode, Parakeet
from ..reference import program_weights
from ..run_program import DelegateRunner, choose_runner
from ..speech import sound_samples
from .reference import RATE, Step, features_of, steps_of, transformers_parakeet

SECONDS, TOKENS = 8, 24
ALLOWED = 0.02  # mean difference as a share of what is compared varies


@torch.no_grad()
def verify(model: Parakeet, folder: Path, say) -> dict:
    """The record for model.json. Raises program_invalid where program and transformers disagree."""
    started = time.monotonic()
    features = features_of(sound_samples(SECONDS * RATE)[:-777], model.mels)
    say("verifying: transformers with the program's weights")
    reference = transformers_parakeet(model.config, program_weights(model))
    heard = reference.get_audio_features(features).pooler_output
    steps = steps_of(reference, heard, TOKENS)
    del reference
    runner = choose_runner(model)
    say(f"verifying: the program ({runner.name})")
    run = _run_program if isinstance(runner, DelegateRunner) else _run_eager
    ours, logits = run(runner, model, folder, features, heard, steps)
    expected = torch.cat([step.logits for step in steps])
    record = {
        "frames": heard.shape[1],
        "rows": len(expected),
        "meanEncoderDifference": round(float((ours - heard).abs().mean()), 6),
        "encoderDeviation": round(float(heard.std()), 4),
        "argmaxAgreement": round(float((logits.argmax(-1) == expected.argmax(-1)).float().mean()), 4),
        "maxLogitDifference": round(float((logits - expected).abs().max()), 5),
        "meanLogitDifference": round(float((logits - expected).abs().mean()), 6),
        "logitDeviation": round(float(expected.std()), 4),
        "runner": runner.name,
        "seconds": round(time.monotonic() - started, 1),
    }
    say(f"verified: logits differ by {record['maxLogitDifference']} at most, of a deviation of {record['logitDeviation']}")
    _judge(record)
    return record


def _judge(record: dict) -> None:
    for what, deviation in (("Encoder", "encoderDeviation"), ("Logit", "logitDeviation")):
        difference = record[f"mean{what}Difference"]
        if not difference <= ALLOWED * record[deviation]:  # NaN fails too
            raise program_differs(f"The program differs from transformers by {difference} on the same weights ({what.lower()}).")


def padded(features: torch.Tensor, factor: int) -> torch.Tensor:
    """As `encode` takes them: continued with 0 to a multiple of `factor` frames."""
    return F.pad(features, (0, 0, 0, -features.shape[1] % factor))


def _calls(model: Parakeet, features: torch.Tensor, heard: torch.Tensor, steps: list[Step]) -> tuple[list, list[list]]:
    """Inputs of encode, and of each decode."""
    encode = [padded(features, model.subsampling), torch.tensor([features.shape[1]])]
    return encode, [[torch.tensor([[step.token]]), step.hidden, step.cell, heard[:, step.frames]] for step in steps]


def _run_eager(runner, model: Parakeet, folder: Path, features, heard, steps) -> tuple[torch.Tensor, torch.Tensor]:
    encode, decodes = _calls(model, features, heard, steps)
    decode = Decode(model)
    return Encode(model)(*encode), torch.cat([decode(*inputs)[0][0] for inputs in decodes])


def _run_program(runner: DelegateRunner, model: Parakeet, folder: Path, features, heard, steps) -> tuple[torch.Tensor, torch.Tensor]:
    encode, decodes = _calls(model, features, heard, steps)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        work = Path(scratch)

        def saved(name: str, inputs: list[torch.Tensor]) -> list[Path]:
            files = [work / f"{name}.{index}.npy" for index in range(len(inputs))]
            for file, tensor in zip(files, inputs, strict=True):
                np.save(file, tensor.contiguous().numpy())
            return files

        runner.run(folder / "model.pte", "encode", [saved("encode", encode)], work / "heard")
        runner.run(folder / "model.pte", "decode", [saved(str(i), each) for i, each in enumerate(decodes)], work / "out")
        rows = [np.load(work / "out" / f"call{index}.output0.npy")[0] for index in range(len(steps))]
        return torch.from_numpy(np.load(work / "heard/call0.output0.npy")), torch.from_numpy(np.concatenate(rows))
