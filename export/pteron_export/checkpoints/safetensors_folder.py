"""Reads a transformers folder: config.json, *.safetensors, tokenizer.json."""

import json
import shutil
from pathlib import Path
from types import ModuleType

import torch
from safetensors import SafetensorError, safe_open

from .. import models
from ..errors import ExportError
from .checkpoint import Checkpoint, sha256_of
from .stored_names import read_stored

_AGAIN = "Download the checkpoint again."
_PREFIXES = ("model.", "language_model.model.", "model.language_model.", "")  # the latter ones: text part of an image model


def open_folder(folder: Path) -> Checkpoint:
    whole = _read_json(folder / "config.json")
    architecture = next(iter(whole.get("architectures") or [whole.get("model_type", "unknown")]))
    recipe = models.recipe_for(architecture)
    config = whole.get("text_config", whole)
    config = {"tie_word_embeddings": whole.get("tie_word_embeddings", False)} | config  # of the whole in an image model
    if "quantization_config" in whole:
        raise ExportError(
            "program_unsupported", "The checkpoint is quantized in a format that safetensors folders are not read in.",
            "Use the unquantized checkpoint, or a GGUF file.",
        )  # fmt: skip
    config = {k: v for k, v in config.items() if k not in ("architectures", "dtype", "torch_dtype", "transformers_version")}
    source = _Tensors(folder, recipe)
    settings = _read_json(folder / "tokenizer_config.json", {})
    return Checkpoint(
        recipe=recipe,
        config=config,
        get=source.get,
        get_exact=lambda name: source.get(name).float(),
        write_tokenizer=lambda out: _copy_tokenizer(folder, settings, out),
        name=whole.get("_name_or_path") or folder.name,
        quantization="none",
        trained_context=config["max_position_embeddings"],
        add_bos=_adds_bos(folder, config.get("bos_token_id")),
        sha256=sha256_of(source.files[0]) if len(source.files) == 1 else sha256_of(folder / "model.safetensors.index.json"),
        bos=config.get("bos_token_id"),
        eos=_ids(_read_json(folder / "generation_config.json", {}).get("eos_token_id")) or _ids(config.get("eos_token_id")),
    )


def _ids(value) -> list[int]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _read_json(path: Path, default=None):
    if not path.exists() and default is not None:
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ExportError("file_not_found", f"{path.parent.name} holds no {path.name}.", "Name a checkpoint's folder.") from error
    except ValueError as error:
        raise ExportError("program_invalid", f"{path.name} is not JSON ({error}).", _AGAIN) from error


class _Tensors:
    """Weights by transformers' names, read when asked for."""

    def __init__(self, folder: Path, recipe: ModuleType):
        self.files = sorted(folder.glob("*.safetensors"))
        if not self.files:
            raise ExportError("file_not_found", f"{folder.name} holds no safetensors files.", "Name a checkpoint's folder.")
        self._recipe = recipe
        self._where: dict[str, object] = {}
        for file in self.files:
            try:
                opened = safe_open(file, framework="pt")
            except SafetensorError as error:
                raise ExportError("program_invalid", f"{file.name} is damaged ({error}).", _AGAIN) from error
            self._where |= dict.fromkeys(opened.keys(), opened)

    def get(self, name: str) -> torch.Tensor | None:
        candidates = (name, f"language_model.{name}") if name.startswith("lm_head.") else (p + name for p in _PREFIXES)
        for candidate in candidates:
            tensor = read_stored(candidate, self._where.__contains__, self._read)
            if tensor is not None:
                return self._recipe.adapt_tensor(name, tensor)
        return None

    def _read(self, stored: str) -> torch.Tensor:
        return self._where[stored].get_tensor(stored)


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


def _copy_tokenizer(folder: Path, settings: dict, out: Path) -> None:
    shutil.copyfile(folder / "tokenizer.json", out / "tokenizer.json")
    template = settings.get("chat_template")
    if (folder / "chat_template.jinja").exists():
        shutil.copyfile(folder / "chat_template.jinja", out / "chat_template.jinja")
    elif isinstance(template, str):
        (out / "chat_template.jinja").write_text(template, encoding="utf-8")
