"""The program of a Parakeet: its two methods, and the file that they are written to."""

from pathlib import Path

import torch

from ..lowering import Method, lower_methods
from ..memory_plan import LongestCall, MemoryPlan, plan_methods
from ..models.parakeet import STEP_FRAMES, WINDOW, Decode, Encode, Parakeet
from ..program_file import ProgramFile


def methods_of(model: Parakeet) -> dict[str, Method]:
    """encode and decode, with inputs to trace them with."""
    frames = model.subsampling * torch.export.Dim("T", min=1, max=WINDOW)
    several = torch.export.Dim("N", min=1, max=STEP_FRAMES)
    features = torch.zeros(1, 5 * model.subsampling, model.mels)
    state = torch.zeros(model.layers, model.hidden)
    return {
        "encode": Method(Encode(model).eval(), (features, torch.tensor([5 * model.subsampling - 3])), ({1: frames}, None)),
        "decode": Method(
            Decode(model).eval(),
            (torch.tensor([[1]]), state, state.clone(), torch.zeros(1, 5, model.hidden)),
            (None, None, None, {1: several}),
        ),
    }


def write_program(model: Parakeet, out: Path, say=lambda _: None, file: ProgramFile | None = None) -> None:
    constants = {"get_vocab_size": model.config["vocab_size"], "get_max_frames": model.frames, "get_max_logit_rows": STEP_FRAMES}
    lower_methods(methods_of(model), out, constants, say, file)


def memory_of(model: Parakeet, weights: int) -> MemoryPlan:
    """`weights`: bytes of the program's file. The longest window decides; decode's state is its caller's."""
    longest = (torch.zeros(1, model.frames, model.mels), torch.tensor([model.frames]))
    return plan_methods([LongestCall(Encode(model), longest, WINDOW)], model.limits, model.config["vocab_size"], weights)


def speech_of(model: Parakeet) -> dict:
    """model.json's `speech`."""
    return {
        "kind": "parakeet", "melBins": model.mels, "frames": model.frames, "subsampling": model.subsampling,
        "hiddenSize": model.hidden, "layers": model.layers, "stepFrames": STEP_FRAMES, "blank": model.config["blank_token_id"],
        "durations": list(model.config["durations"]), "maxSymbolsPerStep": model.config["max_symbols_per_step"],
    }  # fmt: skip


METHODS = {
    "encode": {"inputs": ["features", "length"], "outputs": ["heard"]},
    "decode": {"inputs": ["token", "hidden", "cell", "heard"], "outputs": ["logits", "hidden", "cell"]},
}
