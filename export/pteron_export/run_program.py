"""Runs a program on token calls: through Pteron's own delegate where it is built, else as the eager model."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import nn

from .errors import ExportError

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Call:
    tokens: list[int]
    position: int
    keep: list[int]
    slots: tuple[int, int] | None = None
    """(read, write) of a model with recurrent state."""


def in_slots(calls: list[Call], model: nn.Module) -> list[Call]:
    """The calls, one after the other from the first token on, as the model takes them: with recurrent state carried in a slot."""
    if not getattr(model, "slots", None):
        return calls
    return [replace(call, slots=(min(index, 1), 1)) for index, call in enumerate(calls)]


class Runner(Protocol):
    name: str

    def logits(self, program: Path, calls: list[Call]) -> np.ndarray:
        """fp32 [sum of len(keep), vocabulary], the calls executed in order on one state."""


class DelegateRunner:
    """`pteron run`, so the very code that users run."""

    name = "pteron run (MLX delegate)"

    def __init__(self, cli: Path):
        self._cli = cli

    def logits(self, program: Path, calls: list[Call]) -> np.ndarray:
        with tempfile.TemporaryDirectory(dir=program.parent) as scratch:
            folder = Path(scratch)
            self.run(program, "forward", [_write_inputs(folder, index, call) for index, call in enumerate(calls)], folder)
            return np.concatenate([np.load(folder / f"call{i}.output0.npy")[0] for i in range(len(calls))])

    def run(self, program: Path, method: str, calls: list[list], outputs: Path) -> None:
        """Executes calls, each a list of .npy files, in order on one state; writes outputs/callN.outputM.npy."""
        command = [_node(), str(self._cli), "run", str(program), "--method", method, "--outputs", str(outputs)]
        for files in calls:
            command += ["--call", ",".join(str(file) for file in files)]
        # int8 activations on a CPU are the delegate's choice: their noise would hide a program's own errors.
        exact = os.environ | {"PTERON_CPU_ACTIVATIONS": "exact"}
        done = subprocess.run(command, capture_output=True, text=True, env=exact)
        if done.returncode != 0:
            message = (done.stderr or done.stdout).strip()[-1000:]
            raise ExportError("inference_failed", f"The exported program does not run: {message}")


def _node() -> str:
    """The Node that runs the command line: `pteron export` names its own."""
    return os.environ.get("PTERON_NODE", "node")


def _write_inputs(folder: Path, index: int, call: Call) -> list[str]:
    names = []
    for number, value in enumerate(_inputs(call)):
        file = folder / f"{index}.{number}.npy"
        np.save(file, value.numpy())
        names.append(str(file))
    return names


def _inputs(call: Call) -> list[torch.Tensor]:
    values = [[call.tokens], [call.position], call.keep, *([] if call.slots is None else [call.slots])]
    return [torch.tensor(value, dtype=torch.int64) for value in values]


def is_state(buffer_name: str) -> bool:
    """Whether a model's buffer is a KV cache or recurrent state, not a weight."""
    return ".cache." in buffer_name or buffer_name.endswith(".slots")


class EagerRunner:
    """The model that was lowered, run by PyTorch: checks the recipe, not the delegate."""

    name = "eager model (delegate not built)"

    def __init__(self, model: nn.Module):
        self._model = model

    @torch.no_grad()
    def logits(self, program: Path, calls: list[Call]) -> np.ndarray:
        for buffer_name, buffer in self._model.named_buffers():
            if is_state(buffer_name):
                buffer.zero_()
        results = [self._model(*_inputs(call))[0] for call in calls]
        return torch.cat(results).numpy()


def addon_path() -> Path | None:
    """The engine's addon for this machine, where it is built."""
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform, sys.platform)
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    path = Path(os.environ.get("PTERON_ADDON") or _ROOT / f"dist/native/{system}-{machine}/pteron.node")
    return path if path.exists() else None


def choose_runner(model: nn.Module) -> Runner:
    """The delegate if the command line and the addon are built, or PTERON_CLI names another command line."""
    return DelegateRunner(_cli()) if _is_built() else EagerRunner(model)


def delegate_runner() -> Runner:
    """Nothing else will do: where it is not built that is an error."""
    if not _is_built():
        raise ExportError("addon_missing", "Pteron's own engine is not built.", "Run npm run setup -- build first.")
    return DelegateRunner(_cli())


def _cli() -> Path:
    return Path(os.environ.get("PTERON_CLI", _ROOT / "dist/cli.cjs"))


def _is_built() -> bool:
    addon = os.environ.get("PTERON_ADDON")
    built = Path(addon).exists() if addon else any((_ROOT / "dist/native").glob("*/pteron.node"))
    return _cli().exists() and built and shutil.which(_node()) is not None
