"""A voice activity detector → a verified model folder. Source: silero_vad.jit of the PyPI package silero-vad (or
silero_vad_16k.safetensors, which holds older weights)."""

import hashlib
import re
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from . import known_sources
from .atomic_folder import replacing
from .errors import ExportError
from .lowering import lower
from .manifest import SCHEMA_VERSION, write_json
from .models.silero_vad import CONTEXT, HIDDEN, RATE, STRIDES, WINDOW, SileroVad, require_shapes
from .run_program import DelegateRunner, choose_runner

TOLERANCE = 1e-4


def is_vad_source(path: Path) -> bool:
    """A single file of these kinds: language and speech models come as folders, or as GGUF."""
    return path.is_file() and path.suffix in (".jit", ".safetensors")


def export_vad(options, path: Path, say) -> Path:
    """exporter.export for a detector. Raises program_invalid for a damaged file, or where the program differs from the reference."""
    if options.role not in (None, "vad"):
        raise ExportError("invalid_argument", f"A voice activity detector cannot have the role {options.role}.", "Use --role vad.")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    if options.sha256 and options.sha256 != sha256:
        raise ExportError(
            "program_invalid", f"{path.name} has SHA-256 {sha256}, not {options.sha256}.",
            "The file is damaged or another one: download it again.",
        )  # fmt: skip
    with replacing(options.out) as folder:
        _write(options, read_weights(path), sha256, folder, say)
    return options.out


def _write(options, weights: dict[str, torch.Tensor], sha256: str, folder: Path, say) -> None:
    model = SileroVad(weights).eval()
    state = torch.zeros(2, 1, HIDDEN)
    constants = {"get_sample_rate": RATE, "get_window": WINDOW, "get_context": CONTEXT}
    lower(model, (torch.zeros(1, CONTEXT + WINDOW), state), None, folder / "model.pte", constants, say)
    record = verify(model, weights, folder / "model.pte", say) if options.verify else {}
    write_json(folder / "model.json", _manifest(options.id, sha256, sum(t.numel() for t in weights.values()), record))


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """By the names of models/silero_vad.py. Raises program_invalid, program_unsupported."""
    try:
        weights = _from_torchscript(path) if path.suffix == ".jit" else load_file(path)
    except (SafetensorError, RuntimeError, AttributeError) as error:
        raise ExportError("program_invalid", f"{path.name} is damaged, or no detector: {str(error).splitlines()[0]}.") from error
    require_shapes(weights)
    return {name: tensor.float() for name, tensor in weights.items()}


def _from_torchscript(path: Path) -> dict[str, torch.Tensor]:
    """TorchScript's loader makes its own types only, unlike a pickle. The model for 8 kHz beside is left out."""
    state = torch.jit.load(path, map_location="cpu")._model.state_dict()
    return {_name(key): tensor for key, tensor in state.items()}


def _name(key: str) -> str:
    """As silero's TorchScript names them → as its safetensors do."""
    key = re.sub(r"^encoder\.(\d+)\.reparam_conv", lambda match: f"conv{int(match[1]) + 1}", key)
    key = key.replace("decoder.rnn.", "lstm_cell.").replace("decoder.decoder.2.", "final_conv.")
    return key.replace("stft.forward_basis_buffer", "stft_conv.weight")


def _manifest(id: str, sha256: str, parameters: int, record: dict) -> dict:
    known = known_sources.KNOWN.get(sha256, {})
    return {
        "schemaVersion": SCHEMA_VERSION, "id": id, "name": known.get("name", "Silero VAD"), "family": "silero-vad", "role": "vad",
        "backend": "mlx", "program": "model.pte",
        # Of a language model: there is none.
        "contextLength": 1, "prefillChunk": 1, "maxLogitRows": 1, "vocabularySize": 1, "slidingWindow": None,
        "tokens": {"bos": None, "eos": [], "addBos": False}, "fim": None,
        "parameters": parameters, "dtype": "float32", "quantization": "none",
        "methods": {"forward": {"inputs": ["sound", "state"], "outputs": ["probability", "state"]}},
        "vad": {"sampleRate": RATE, "window": WINDOW, "context": CONTEXT, "state": [2, 1, HIDDEN]},
        "licence": known.get("licence", {"name": "MIT"}),
        "source": {"name": known.get("source", "silero-vad"), "revision": known.get("revision", f"sha256:{sha256[:12]}"),
                   "sha256": sha256},
        **({"verification": record} if record else {}),
    }  # fmt: skip


class Reference(nn.Module):
    """The same in torch's own modules, as silero's code has them."""

    def __init__(self, weights: dict[str, torch.Tensor]):
        super().__init__()
        self.weights = weights
        self.lstm = nn.LSTMCell(HIDDEN, HIDDEN)
        self.lstm.load_state_dict({name[10:]: tensor for name, tensor in weights.items() if name.startswith("lstm_cell.")})

    def forward(self, x: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        w = self.weights
        spectrum = F.conv1d(F.pad(x, (0, CONTEXT), "reflect")[:, None], w["stft_conv.weight"], stride=128)
        y = (spectrum[:, :129] ** 2 + spectrum[:, 129:] ** 2).sqrt()
        for index, stride in enumerate(STRIDES, 1):
            y = F.conv1d(y, w[f"conv{index}.weight"], w[f"conv{index}.bias"], stride, padding=1).relu()
        hidden, cell = self.lstm(y[..., 0], (state[0], state[1]))
        y = F.conv1d(hidden.relu()[..., None], w["final_conv.weight"], w["final_conv.bias"]).sigmoid()
        return y[..., 0], torch.stack((hidden, cell))


def windows(samples: np.ndarray) -> torch.Tensor:
    """[windows, 576]: each with what precedes it, zeros at the beginning."""
    count = len(samples) // WINDOW
    padded = torch.from_numpy(np.concatenate([np.zeros(CONTEXT, np.float32), samples[: count * WINDOW]]))
    return padded.unfold(0, CONTEXT + WINDOW, WINDOW)


@torch.no_grad()
def probabilities(model, samples: np.ndarray) -> list[float]:
    state, result = torch.zeros(2, 1, HIDDEN), []
    for window in windows(samples):
        probability, state = model(window[None], state)
        result.append(probability.item())
    return result


def verification_sound() -> np.ndarray:
    """A gliding tone with overtones, in syllables, over noise: three seconds that are neither silence nor quite speech."""
    seconds = np.arange(3 * RATE) / RATE
    pitch = 2 * np.pi * np.cumsum(120 + 40 * np.sin(2 * np.pi * 0.7 * seconds)) / RATE
    voice = sum(np.sin(n * pitch) / n for n in range(1, 20)) * (np.sin(2 * np.pi * 3 * seconds) > -0.3)
    noise = np.random.default_rng(5).standard_normal(len(seconds))
    return (0.1 * voice + 0.003 * noise).astype(np.float32)


def verify(model: SileroVad, weights: dict[str, torch.Tensor], program: Path, say) -> dict:
    """The record for model.json: the largest difference of a probability from the reference's."""
    started, sound = time.monotonic(), verification_sound()
    wanted = np.array(probabilities(Reference(weights), sound))
    runner = choose_runner(model)
    say(f"verifying: {runner.name}")
    built = isinstance(runner, DelegateRunner)
    # A state is an output and an input, so the program computes one window from the state that torch has reached.
    found = run_windows(runner, program, model, sound) if built else np.array(probabilities(model, sound))
    difference = float(np.abs(found - wanted).max())
    if not difference <= TOLERANCE:
        raise ExportError("program_invalid", f"The program's probabilities differ by {difference:.2g} from the reference's.")
    return {"engine": runner.name, "reference": "torch", "windows": len(wanted), "largestDifference": difference,
            "seconds": round(time.monotonic() - started, 1)}  # fmt: skip


@torch.no_grad()
def run_windows(runner: DelegateRunner, program: Path, model, samples: np.ndarray) -> np.ndarray:
    """Each window by the program, begun from the state in which the eager model enters it."""
    state = torch.zeros(2, 1, HIDDEN)
    with tempfile.TemporaryDirectory(dir=program.parent) as scratch:
        folder, calls = Path(scratch), []
        for index, window in enumerate(windows(samples)):
            files = [folder / f"{index}.x.npy", folder / f"{index}.state.npy"]
            np.save(files[0], window[None].contiguous().numpy())
            np.save(files[1], state.numpy())
            calls.append(files)
            state = model(window[None], state)[1]
        runner.run(program, "forward", calls, folder)
        return np.array([np.load(folder / f"call{i}.output0.npy").item() for i in range(len(calls))])
