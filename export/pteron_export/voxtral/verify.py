"""A written program compared with transformers on the same weights: what it hears, and the logits of what it writes."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import nn

from ..errors import program_differs
from ..models import voxtral_realtime
from ..reference import program_weights
from ..run_program import DelegateRunner, choose_runner
from ..speech import RATE, sound_samples
from .methods import is_realtime, methods_of
from .reference import streamed_voxtral

_WRITTEN = 12  # tokens after the prompt, each with the KV cache of those before
_REALTIME_TOKENS = 224  # beyond the encoder's window of 15 s
_CALL_TOKENS = 4
ALLOWED = {torch.float32: 0.02, torch.float16: 0.03, torch.bfloat16: 0.06}
"""Of the mean difference of logits, in shares of their deviation."""

Run = Callable[[str, list[list[torch.Tensor]]], list[torch.Tensor]]
"""(method, calls) → the first output of each call, executed in order on one state."""


@dataclass(frozen=True)
class Work:
    """A sound and the tokens written beside it."""

    sound: torch.Tensor
    """fp32 [1, mels, frames]"""
    ids: list[int]
    at: int
    """The first token that something heard belongs to."""
    first: int
    """The first token whose logits are compared."""


def work_of(model: nn.Module, tokens: dict, vocabulary: int) -> Work:
    written = [vocabulary // 2 + 37 * i % (vocabulary // 3) for i in range(_REALTIME_TOKENS)]
    if is_realtime(model):
        prompt = [tokens["begin"], *[tokens["pad"]] * 38]
        frames = voxtral_realtime.FRAMES_A_TOKEN * _REALTIME_TOKENS
        ids = (prompt + written)[:_REALTIME_TOKENS]
        return Work(realtime_features(sound_samples(160 * frames), model.mels), ids, 0, len(ids) - _WRITTEN)
    heard = model.frames // 8
    before = [tokens["begin"], tokens["instruction"], tokens["beginAudio"]]
    prompt = [*before, *[tokens["audio"]] * heard, tokens["endOfInstruction"], tokens["transcribe"]]
    return Work(mini_features(sound_samples(160 * model.frames), model.mels), prompt + written[:_WRITTEN], len(before), len(prompt))


def mini_features(samples: np.ndarray, mels: int) -> torch.Tensor:
    from transformers import WhisperFeatureExtractor

    extract = WhisperFeatureExtractor(feature_size=mels)
    return extract(samples, sampling_rate=RATE, truncation=False, padding="longest", return_tensors="pt").input_features


def realtime_features(samples: np.ndarray, mels: int) -> torch.Tensor:
    from transformers import VoxtralRealtimeFeatureExtractor

    return VoxtralRealtimeFeatureExtractor(feature_size=mels)(samples, sampling_rate=RATE, return_tensors="pt").input_features


@torch.no_grad()
def compute(model: nn.Module, work: Work, run: Run) -> tuple[torch.Tensor, torch.Tensor]:
    """(what is heard [tokens, D], logits of the tokens from `first` − 1 on) as the engine calls the program."""
    realtime = is_realtime(model)
    if realtime:
        step = voxtral_realtime.FRAMES_A_TOKEN * _CALL_TOKENS
        starts = range(0, work.sound.shape[2], step)
        sounds = [[work.sound[..., start : start + step].contiguous(), torch.tensor([start // 2])] for start in starts]
        conditions = run("condition", [[torch.tensor([float(model.delay)])]])
    else:
        sounds, conditions = [[work.sound]], []
    heard = torch.cat(run("encode", sounds), 1)[0]
    features, is_feature = torch.zeros(1, len(work.ids), model.width), torch.zeros(1, len(work.ids), dtype=torch.bool)
    until = min(work.at + len(heard), len(work.ids))
    features[0, work.at : until], is_feature[0, work.at : until] = heard[: until - work.at], True
    calls, rows = [], []
    for start, stop in _chunks(work.first, len(work.ids), model.limits.chunk):
        part = slice(start, stop)
        tokens, keep = torch.tensor([work.ids[part]]), torch.tensor([stop - start - 1])
        beside = [features[:, part].contiguous(), is_feature[:, part].contiguous(), *conditions]
        calls.append([tokens, torch.tensor([start]), keep, *beside])
        rows.append(stop >= work.first)
    logits = run("forward", calls)
    return heard, torch.cat([row[0] for row, wanted in zip(logits, rows, strict=True) if wanted])[:-1]


def _chunks(first: int, count: int, chunk: int) -> list[tuple[int, int]]:
    """Whole chunks up to `first`, then a token at a time."""
    starts = [*range(0, first, chunk), *range(first, count)]
    return list(zip(starts, [*starts[1:], count], strict=True))


@torch.no_grad()
def expected(recipe: ModuleType, config: dict, model: nn.Module, work: Work, forget) -> tuple[torch.Tensor, torch.Tensor]:
    """The same of transformers, in one call."""
    return heard_and_written(streamed_voxtral(recipe, config, program_weights(model), forget), model, work)


def heard_and_written(reference: nn.Module, model: nn.Module, work: Work) -> tuple[torch.Tensor, torch.Tensor]:
    """`reference`: transformers' model, which computes in the type of its weights."""
    heard: list[torch.Tensor] = []
    reference.model.multi_modal_projector.register_forward_hook(lambda _, __, output: heard.append(output))
    delay = {"num_delay_tokens": model.delay} if is_realtime(model) else {}
    rows = torch.arange(work.first - 1, len(work.ids) - 1)
    sound = work.sound.to(next(reference.parameters()).dtype)
    result = reference(torch.tensor([work.ids]), sound, use_cache=False, logits_to_keep=rows, **delay)
    return heard[0].reshape(-1, model.width), result.logits[0]


def verify(recipe: ModuleType, config: dict, model: nn.Module, tokens: dict, folder: Path, say, forget=lambda: None) -> dict:
    """The record for model.json. Raises program_invalid where program and transformers disagree."""
    started = time.monotonic()
    work, runner = work_of(model, tokens, config["vocab_size"]), choose_runner(model)
    own = isinstance(runner, DelegateRunner)
    name = runner.name if own else "eager model"
    say(f"verifying: the program ({name})")
    run = by_delegate(runner, folder / "model.pte") if own else by_eager(model)
    heard, logits = compute(model, work, run)
    say("verifying: transformers with the program's weights")
    wanted_heard, wanted = expected(recipe, config, model, work, forget)
    differences = (logits - wanted).abs()
    record = {
        "rows": len(logits),
        "argmaxAgreement": round(float((logits.argmax(-1) == wanted.argmax(-1)).float().mean()), 4),
        "maxLogitDifference": round(float(differences.max()), 5),
        "meanLogitDifference": round(float(differences.mean()), 6),
        "logitDeviation": round(float(wanted.std()), 3),
        "meanHeardDifference": round(float((heard - wanted_heard).abs().mean()), 6),
        "heardDeviation": round(float(wanted_heard.std()), 4),
        "runner": name,
        "seconds": round(time.monotonic() - started, 1),
    }
    say(f"verified: logits differ by {record['maxLogitDifference']} at most, of a deviation of {record['logitDeviation']}")
    _judge(record, ALLOWED[model.limits.dtype])
    return record


def _judge(record: dict, allowed: float) -> None:
    for what, difference, deviation in (
        ("what it hears", record["meanHeardDifference"], record["heardDeviation"]),
        ("its logits", record["meanLogitDifference"], record["logitDeviation"]),
    ):
        if not difference <= allowed * deviation:  # NaN fails too
            raise program_differs(f"The program differs from transformers on the same weights: {what} by {difference}.")


def by_eager(model: nn.Module) -> Run:
    """Computes with the model that was lowered."""
    modules = {name: method.model for name, method in methods_of(model).items()}
    return lambda method, calls: [modules[method](*inputs).detach() for inputs in calls]


def by_delegate(runner: DelegateRunner, program: Path) -> Run:
    """Computes with the program itself."""

    def run(method: str, calls: list[list[torch.Tensor]]) -> list[torch.Tensor]:
        with tempfile.TemporaryDirectory(dir=program.parent) as scratch:
            work = Path(scratch)
            files = [[_saved(work / f"{i}.{j}.npy", tensor) for j, tensor in enumerate(call)] for i, call in enumerate(calls)]
            runner.run(program, method, files, work / "out")
            return [torch.from_numpy(np.load(work / "out" / f"call{i}.output0.npy")) for i in range(len(calls))]

    return run


def _saved(path: Path, tensor: torch.Tensor) -> Path:
    np.save(path, tensor.numpy())
    return path


