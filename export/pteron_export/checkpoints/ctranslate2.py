"""Reads Whisper in CTranslate2's format (as faster-whisper distributes it): model.bin, config.json, tokenizer.json.

model.bin: version, specification, revision, then variables (name, dimensions, type, bytes) and aliases, little-endian.
Source: CTranslate2 python/ctranslate2/specs/model_spec.py `_serialize`.
"""

import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .. import models
from ..errors import ExportError
from .checkpoint import Checkpoint, sha256_of
from .whisper_tokens import write_tokenizer

_TYPES = {0: np.dtype("<f4"), 4: np.dtype("<f2")}
_NAMES = {
    "self_attn.out_proj": "self_attention/linear_1",
    "self_attn_layer_norm": "self_attention/layer_norm",
    "encoder_attn.q_proj": "attention/linear_0",
    "encoder_attn.out_proj": "attention/linear_2",
    "encoder_attn_layer_norm": "attention/layer_norm",
    "final_layer_norm": "ffn/layer_norm",
    "fc1": "ffn/linear_0",
    "fc2": "ffn/linear_1",
}
_FUSED = {  # projections that lie below each other in one matrix: (its name, which, of how many)
    "self_attn.q_proj": ("self_attention/linear_0", 0, 3),
    "self_attn.k_proj": ("self_attention/linear_0", 1, 3),
    "self_attn.v_proj": ("self_attention/linear_0", 2, 3),
    "encoder_attn.k_proj": ("attention/linear_1", 0, 2),
    "encoder_attn.v_proj": ("attention/linear_1", 1, 2),
}
_ELSEWHERE = {"embed_tokens.weight": "embeddings/weight", "embed_positions.weight": "position_encodings/encodings"}


@dataclass(frozen=True)
class _Variable:
    shape: tuple[int, ...]
    type: int
    offset: int
    bytes: int


class _Reader:
    """Numbers and names from a file that may be cut off anywhere."""

    def __init__(self, data: np.ndarray):
        self._data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if self.at + size > len(self._data):
            raise _damaged("it ends too early")
        part = self._data[self.at : self.at + size].tobytes()
        self.at += size
        return part

    def skip(self, size: int) -> int:
        if self.at + size > len(self._data):
            raise _damaged("it ends too early")
        self.at += size
        return self.at - size

    def number(self, kind: str) -> int:
        return struct.unpack(f"<{kind}", self.take(struct.calcsize(kind)))[0]

    def name(self) -> str:
        return self.take(self.number("H")).rstrip(b"\0").decode(errors="replace")


class ModelFile:
    """The variables of a model.bin, read when asked for."""

    def __init__(self, path: Path):
        self._data = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.zeros(0, np.uint8)
        reader = _Reader(self._data)
        version, specification, _ = reader.number("I"), reader.name(), reader.number("I")
        if version != 6 or specification != "WhisperSpec":
            raise ExportError(
                "program_unsupported", f"{path.name} is '{specification[:40]}' in version {version} of CTranslate2's format.",
                "Whisper in version 6 can be read.",
            )  # fmt: skip
        self.variables: dict[str, _Variable] = {}
        for _ in range(reader.number("I")):
            name = reader.name()
            shape = tuple(reader.number("I") for _ in range(reader.number("B")))
            kind, size = reader.number("B"), reader.number("I")
            self.variables[name] = _Variable(shape, kind, reader.skip(size), size)

    def __contains__(self, name: str) -> bool:
        return name in self.variables

    def shape(self, name: str) -> tuple[int, ...]:
        if name not in self.variables:
            raise _damaged(f"it lacks {name}")
        return self.variables[name].shape

    def number(self, name: str) -> int:
        """A scalar int16, such as the number of heads."""
        variable = self.variables.get(name)
        if variable is None or variable.bytes != 2:
            raise _damaged(f"it lacks {name}")
        return int(self._data[variable.offset : variable.offset + 2].view("<i2")[0])

    def tensor(self, name: str) -> torch.Tensor:
        variable = self.variables[name]
        kind = _TYPES.get(variable.type)
        if kind is None:
            raise ExportError(
                "program_unsupported", "The checkpoint is quantized in CTranslate2's own way.", "Use one in float16 or float32."
            )
        if variable.bytes != int(np.prod(variable.shape, dtype=np.int64)) * kind.itemsize:
            raise _damaged(f"{name} has a wrong size")
        raw = self._data[variable.offset : variable.offset + variable.bytes].tobytes()
        return torch.from_numpy(np.frombuffer(bytearray(raw), kind).reshape(variable.shape))


def read_weight(file: ModelFile, name: str) -> torch.Tensor | None:
    """A weight by transformers' name without the leading `model.`; None where there is none."""
    part, _, rest = name.partition(".")
    if rest in _ELSEWHERE:
        stored = f"{part}/{_ELSEWHERE[rest]}"
        return file.tensor(stored) if stored in file else None
    module, _, kind = rest.rpartition(".")
    prefix = f"{part}/"
    if layer := re.fullmatch(r"layers\.(\d+)\.(.*)", module):
        prefix, module = f"{part}/layer_{layer[1]}/", layer[2]
    if module.endswith("layer_norm"):
        kind = {"weight": "gamma", "bias": "beta"}[kind]
    if module in _FUSED:
        whole, index, count = _FUSED[module]
        stored = f"{prefix}{whole}/{kind}"
        return file.tensor(stored).chunk(count)[index] if stored in file else None
    stored = f"{prefix}{_NAMES.get(module, module)}/{kind}"
    return file.tensor(stored) if stored in file else None


def open_ctranslate2(folder: Path) -> Checkpoint:
    file = ModelFile(folder / "model.bin")
    settings = _read_settings(folder / "config.json")
    config = _config_of(file)
    recipe = models.recipe_for("WhisperForConditionalGeneration")

    def get(name: str) -> torch.Tensor | None:
        tensor = read_weight(file, name)
        return None if tensor is None else recipe.adapt_tensor(name, tensor)

    return Checkpoint(
        recipe=recipe,
        config=config,
        get=get,
        get_exact=lambda name: get(name).float(),
        write_tokenizer=lambda out: write_tokenizer(folder, config["vocab_size"], out),
        name=folder.name,
        quantization="none",
        trained_context=config["max_target_positions"],
        add_bos=False,
        sha256=sha256_of(folder / "model.bin"),
        generation={
            "suppress_tokens": settings.get("suppress_ids", []),
            "begin_suppress_tokens": settings.get("suppress_ids_begin", []),
        },
    )


def _config_of(file: ModelFile) -> dict:
    """transformers' configuration, from the shapes."""

    def layers(part: str) -> int:
        return len({found[1] for name in file.variables if (found := re.match(rf"{part}/layer_(\d+)/", name))})

    vocabulary, dim = file.shape("decoder/embeddings/weight")
    config = {
        "model_type": "whisper", "vocab_size": vocabulary, "d_model": dim, "num_mel_bins": file.shape("encoder/conv1/weight")[1],
        "max_source_positions": file.shape("encoder/position_encodings/encodings")[0],
        "max_target_positions": file.shape("decoder/position_encodings/encodings")[0],
    }  # fmt: skip
    for part in ("encoder", "decoder"):
        config[f"{part}_layers"] = layers(part)
        config[f"{part}_attention_heads"] = file.number(f"{part}/num_heads")
        config[f"{part}_ffn_dim"] = file.shape(f"{part}/layer_0/ffn/linear_0/weight")[0]
    return config


def _read_settings(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(f"its config.json cannot be read ({error})") from error


def _damaged(why: str) -> ExportError:
    return ExportError("program_invalid", f"The CTranslate2 checkpoint is damaged: {why}.", "Download it again.")
