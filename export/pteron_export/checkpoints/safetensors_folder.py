"""Reads a transformers folder: config.json, *.safetensors, tokenizer.json."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import torch
from safetensors import SafetensorError, safe_open

from .. import models
from ..errors import ExportError
from ..hub.files import shards_of_index
from ..quantization import QuantizedTensor
from ..weights import Weight
from .checkpoint import Checkpoint, sha256_of
from .hub_config import sampling_of, stop_tokens, text_config
from .mlx_quantized import MlxQuantization, mlx_quantization_of
from .stored_names import read_stored
from .tekken import Tekken, read_tekken
from .tekken import write_tokenizer as write_tekken
from .whisper_tokens import write_tokenizer

_AGAIN = "Download the checkpoint again."
TEKKEN = "tekken.json"
_PREFIXES = ("model.", "language_model.model.", "model.language_model.", "")  # the latter ones: text part of an image model

_WINDOW, _SMALL = 1 << 28, 1 << 20  # bytes


@dataclass(frozen=True)
class Outline:
    """What config.json tells, before any weights are there."""

    whole: dict
    architecture: str
    recipe: ModuleType
    quantization: MlxQuantization | None
    config: dict


def read_outline(folder: Path) -> Outline:
    whole = _read_json(folder / "config.json")
    named = whole.get("architectures") or [whole.get("model_type", "unknown")]
    architecture = named[0] if isinstance(named, list) and isinstance(named[0], str) else str(named)
    recipe = models.recipe_for(architecture)
    return Outline(whole, architecture, recipe, mlx_quantization_of(whole), text_config(whole, getattr(recipe, "PARTS", ())))


def open_folder(folder: Path) -> Checkpoint:
    outline = read_outline(folder)
    whole, recipe, quantization, config = outline.whole, outline.recipe, outline.quantization, outline.config
    generation = _read_json(folder / "generation_config.json", {})
    source = _Tensors(folder, recipe, quantization)
    settings = _read_json(folder / "tokenizer_config.json", {})
    return Checkpoint(
        recipe=recipe,
        config=config,
        get=source.get,
        get_exact=source.get_exact,
        write_tokenizer=lambda out: _write_tokenizer(folder, recipe, config, settings, out),
        name=whole.get("_name_or_path") or folder.name,
        quantization=quantization.description if quantization else "none",
        trained_context=_trained_context(recipe, config),
        add_bos=not reads_tekken(recipe) and _adds_bos(folder, config.get("bos_token_id")),
        sha256=sha256_of(source.files[0]) if len(source.files) == 1 else sha256_of(folder / "model.safetensors.index.json"),
        bos=config.get("bos_token_id"),
        eos=stop_tokens(generation, whole, config),
        sampling=sampling_of(generation),
        generation=generation,
        audio=_tekken_of(folder, config).audio if reads_tekken(recipe) and (folder / TEKKEN).exists() else {},
    )


def reads_tekken(recipe: ModuleType) -> bool:
    """Whether its checkpoints hold Mistral's own tokenizer file."""
    return recipe.FAMILY in ("voxtral", "voxtral_realtime")


def _tekken_of(folder: Path, config: dict) -> Tekken:
    return read_tekken(folder / TEKKEN, config["vocab_size"])


def _trained_context(recipe: ModuleType, config: dict) -> int:
    """Tokens; of Parakeet, which has no context of tokens, the encoder's frames."""
    if recipe.FAMILY == "parakeet":
        return config["encoder_config"]["max_position_embeddings"]
    return config["max_target_positions" if recipe.FAMILY == "whisper" else "max_position_embeddings"]


def _read_json(path: Path, default=None):
    if not path.exists() and default is not None:
        return default
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise ValueError("it holds no object")
        return record
    except FileNotFoundError as error:
        raise ExportError("file_not_found", f"{path.parent.name} holds no {path.name}.", "Name a checkpoint's folder.") from error
    except ValueError as error:
        raise ExportError("program_invalid", f"{path.name} is not JSON ({error}).", _AGAIN) from error


class _Tensors:
    """Weights by transformers' names, read when asked for."""

    def __init__(self, folder: Path, recipe: ModuleType, quantization: MlxQuantization | None):
        self.files = _weight_files(folder)
        if not self.files:
            raise ExportError("file_not_found", f"{folder.name} holds no safetensors files.", "Name a checkpoint's folder.")
        self._recipe, self._quantization = recipe, quantization
        self._where: dict[str, Path] = {}
        self._opened: dict[Path, object] = {}
        self._read_bytes = 0
        for file in self.files:
            self._where |= dict.fromkeys(self._open(file).keys(), file)

    def get(self, name: str) -> Weight | None:
        if made := getattr(self._recipe, "stored", None):
            return made(name, self._where.__contains__, self._read)
        for candidate in self._candidates(name):
            packed = self._packed(candidate)
            if packed is not None:
                return packed
            tensor = read_stored(candidate, self._where.__contains__, self._read)
            if tensor is not None:
                return self._recipe.adapt_tensor(name, tensor)
        return None

    def _candidates(self, name: str) -> Iterable[str]:
        own = getattr(self._recipe, "stored_names", None)
        if own is not None:
            return own(name)
        return (name, f"language_model.{name}") if name.startswith("lm_head.") else (p + name for p in _PREFIXES)

    def get_exact(self, name: str) -> torch.Tensor:
        weight = self.get(name)
        return weight.dequantize() if isinstance(weight, QuantizedTensor) else weight.float()

    def _packed(self, stored: str) -> QuantizedTensor | None:
        if self._quantization is None or not stored.endswith(".weight"):
            return None
        return self._quantization.read(stored.removesuffix(".weight"), self._where.__contains__, self._read)

    def _read(self, stored: str) -> torch.Tensor:
        tensor = self._open(self._where[stored]).get_tensor(stored)
        self._read_bytes += tensor.nbytes
        if self._read_bytes > _WINDOW:  # tensors are mapped: what was read stays in memory as long as its file is open
            self._opened.clear()
            self._read_bytes = 0
        return tensor if tensor.nbytes > _SMALL else tensor.clone()  # a norm in use would keep its whole file mapped

    def _open(self, file: Path):
        if file not in self._opened:
            try:
                self._opened[file] = safe_open(file, framework="pt")
            except SafetensorError as error:
                raise ExportError("program_invalid", f"{file.name} is damaged ({error}).", _AGAIN) from error
        return self._opened[file]


def _weight_files(folder: Path) -> list[Path]:
    """Those that the index names, where there is one; else model.safetensors, else every one there is."""
    index, single = folder / "model.safetensors.index.json", folder / "model.safetensors"
    if not index.exists():
        return [single] if single.exists() else sorted(folder.glob("*.safetensors"))
    files = [folder / name for name in sorted(shards_of_index(index))]
    if missing := next((file for file in files if not file.exists()), None):
        raise ExportError("program_invalid", f"The index names {missing.name}, which is not there.", _AGAIN)
    return files


def _adds_bos(folder: Path, bos: int | None) -> bool:
    """What the tokenizer itself puts in front of an empty text."""
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.exists():
        raise ExportError("tokenizer_invalid", f"{folder.name} holds no tokenizer.json.", _AGAIN)
    try:
        return bos is not None and Tokenizer.from_file(str(path)).encode("").ids[:1] == [bos]
    except Exception as error:  # tokenizers raises plain exceptions
        raise ExportError("tokenizer_invalid", f"tokenizer.json cannot be read ({error}).", _AGAIN) from error


def _write_tokenizer(folder: Path, recipe: ModuleType, config: dict, settings: dict, out: Path) -> None:
    if recipe.FAMILY == "whisper":
        write_tokenizer(folder, config["vocab_size"], out)
    elif reads_tekken(recipe) and not (folder / "tokenizer.json").exists():
        if not (folder / TEKKEN).exists():
            raise ExportError("tokenizer_invalid", f"{folder.name} holds neither tokenizer.json nor {TEKKEN}.", _AGAIN)
        write_tekken(_tekken_of(folder, config), out)
    else:
        _copy_tokenizer(folder, settings, out)


def _copy_tokenizer(folder: Path, settings: dict, out: Path) -> None:
    shutil.copyfile(folder / "tokenizer.json", out / "tokenizer.json")
    template = settings.get("chat_template")
    if (folder / "chat_template.jinja").exists():
        shutil.copyfile(folder / "chat_template.jinja", out / "chat_template.jinja")
    elif isinstance(template, str):
        (out / "chat_template.jinja").write_text(template, encoding="utf-8")
