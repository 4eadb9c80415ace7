"""The methods of both programs, with inputs to trace them with."""

from pathlib import Path

import torch
from torch import nn

from ..lowering import Method, lower_methods, placed_weights
from ..memory_plan import LongestCall, MemoryPlan, plan_methods
from ..models import voxtral, voxtral_realtime
from ..models.layers import MAX_LOGIT_ROWS
from ..program_file import ProgramFile

ENCODED = ["heard"]
BESIDE = ["tokens", "position", "keep", "features", "isFeature"]


def is_realtime(model: nn.Module) -> bool:
    return isinstance(model, voxtral_realtime.VoxtralRealtime)


def forward_of(model: nn.Module) -> nn.Module:
    return (voxtral_realtime if is_realtime(model) else voxtral).Forward(model).eval()


def methods_of(model: nn.Module) -> dict[str, Method]:
    s = torch.export.Dim("S", min=1, max=model.limits.chunk)
    k = torch.export.Dim("K", min=1, max=MAX_LOGIT_ROWS)
    count, forward = min(7, model.limits.chunk), forward_of(model)
    example = _call(forward, torch.tensor([1, 0, 2]), count)
    dynamic: tuple = ({1: s}, None, {0: k}, {1: s}, {1: s})
    if not is_realtime(model):
        encode = Method(voxtral.Encode(model).eval(), (torch.zeros(1, model.mels, model.frames),))
        return {"encode": encode, "forward": Method(forward, example, dynamic)}
    blocks = torch.export.Dim("blocks", min=1, max=voxtral_realtime.MOST_TOKENS)
    per_token = voxtral_realtime.FRAMES_A_TOKEN
    sound = (torch.zeros(1, model.mels, 3 * per_token), torch.tensor([0]))
    return {
        "encode": Method(voxtral_realtime.Encode(model).eval(), sound, ({2: per_token * blocks}, None)),
        "condition": Method(voxtral_realtime.Conditions(model).eval(), (torch.tensor([float(model.delay)]),)),
        "forward": Method(forward, example, (*dynamic, None)),
    }


def _call(forward: nn.Module, keep: torch.Tensor, count: int) -> tuple[torch.Tensor, ...]:
    return torch.zeros(1, count, dtype=torch.long), torch.tensor([0]), keep, *forward.beside_tokens(count)


def described_methods(model: nn.Module) -> dict:
    """As model.json holds them."""
    if not is_realtime(model):
        return {
            "encode": {"inputs": ["features"], "outputs": ENCODED},
            "forward": {"inputs": BESIDE, "outputs": ["logits"]},
        }
    return {
        "encode": {"inputs": ["features", "position"], "outputs": ENCODED},
        "condition": {"inputs": ["delay"], "outputs": ["conditions"]},
        "forward": {"inputs": [*BESIDE, "conditions"], "outputs": ["logits"]},
    }


def lower_voxtral(model: nn.Module, vocabulary: int, out: Path, say=lambda _: None, file=None) -> None:
    constants = {
        "get_max_context_len": model.limits.context,
        "get_max_seq_len": model.limits.chunk,
        "get_vocab_size": vocabulary,
        "get_max_logit_rows": MAX_LOGIT_ROWS,
    }
    lower_methods(methods_of(model), out, constants, say, file)


def write_voxtral_program(model: nn.Module, vocabulary: int, get, out: Path, say=lambda _: None) -> ProgramFile:
    """As lowering.write_program: from a model without weights, and get(name)."""
    with placed_weights(model, get, model.limits.dtype, out) as file:
        lower_voxtral(model, vocabulary, out, say, file)
    return file


def plan_voxtral(model: nn.Module, vocabulary: int, weights: int) -> MemoryPlan:
    forward = forward_of(model)
    rows = torch.arange(min(MAX_LOGIT_ROWS, model.limits.chunk))
    write = LongestCall(forward, _call(forward, rows, model.limits.chunk), model.limits.chunk)
    if is_realtime(model):
        frames = voxtral_realtime.FRAMES_A_TOKEN * voxtral_realtime.MOST_TOKENS
        sound = (torch.zeros(1, model.mels, frames), torch.tensor([0]))
        hear = LongestCall(voxtral_realtime.Encode(model), sound, frames // 2)
    else:
        hear = LongestCall(voxtral.Encode(model), (torch.zeros(1, model.mels, model.frames),), model.frames // 2)
    return plan_methods([write, hear], model.limits, vocabulary, weights)
