"""Which files of a repository an export needs. Everything else stays there: pickled weights above all, which can hold code."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from ..errors import ExportError

SMALL = (
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
    "model.safetensors.index.json", "tekken.json",
)  # fmt: skip
"""What is read before any weights are fetched."""

_SHARD = re.compile(r"[\w.-]+\.safetensors", re.ASCII)


def require_checkpoint(name: str, files: Iterable[str]) -> None:
    """Refuses a repository that cannot be a transformers checkpoint with safetensors."""
    files = set(files)
    if ggufs := sorted(file for file in files if file.endswith(".gguf")):
        hint = f"Name one of its GGUF files: {', '.join(f'{name}:{file}' for file in ggufs[:3])}."
    else:
        hint = "Name a checkpoint of a language model."
    if "config.json" not in files:
        raise ExportError("file_not_found", f"{name} holds no config.json.", hint)
    if not any(_SHARD.fullmatch(file) for file in files):
        raise ExportError("file_not_found", f"{name} holds no safetensors files, and others are not read.", hint)
    if not files & {"tokenizer.json", "tekken.json"}:
        raise ExportError("tokenizer_invalid", f"{name} holds no tokenizer.json.", "Name a checkpoint that has one.")


def shards(name: str, folder: Path, files: Iterable[str]) -> list[str]:
    """The weights' files: those of the index in `folder`, else model.safetensors, else every one there is."""
    files = set(files)
    index = folder / "model.safetensors.index.json"
    if not index.exists():
        return ["model.safetensors"] if "model.safetensors" in files else sorted(f for f in files if _SHARD.fullmatch(f))
    named = shards_of_index(index)
    if missing := named - files:
        raise ExportError("program_invalid", f"The index of {name} names {min(missing)}, which is not there.", "Try another revision.")
    return sorted(named)


def shards_of_index(index: Path) -> set[str]:
    """The files that an index names. Anything but plain names of safetensors files → program_invalid."""
    try:
        named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ExportError("program_invalid", f"{index.name} is damaged ({error!r}).", "Download the checkpoint again.") from error
    if wrong := [file for file in named if not isinstance(file, str) or not _SHARD.fullmatch(file)]:
        raise ExportError("program_invalid", f"{index.name} names {wrong[0]!r}, which is no shard.", "Use another checkpoint.")
    return named
