"""What an export needs from a source, whatever its format."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import torch

from ..weights import Weight


@dataclass
class Checkpoint:
    recipe: ModuleType
    config: dict
    """transformers' configuration."""
    get: Callable[[str], Weight | None]
    """A weight as the model applies it, by transformers' name without the leading `model.`; None where there is none."""
    get_exact: Callable[[str], torch.Tensor]
    """The same, dequantized to fp32 with nothing rounded."""
    write_tokenizer: Callable[[Path], None]
    """Writes tokenizer.json and, where there is a template, chat_template.jinja into a folder."""
    name: str
    quantization: str
    """How the source holds its weights, e.g. 'gguf:Q5_0+Q8_0' or 'none'."""
    trained_context: int
    add_bos: bool
    sha256: str
    bos: int | None = None
    eos: list[int] = field(default_factory=list)
    sampling: dict = field(default_factory=dict)
    """How the makers draw tokens, as model.json spells it."""
    generation: dict = field(default_factory=dict)
    """transformers' generation_config.json, of a speech model."""
    audio: dict = field(default_factory=dict)
    """What Mistral's tokenizer file says of how the model hears."""
    licence: str = "unknown"
    revision: str | None = None
    """The Hub's commit."""
    forget: Callable[[], None] = lambda: None
    """Gives back the memory that reading weights took."""
    notes: list[str] = field(default_factory=list)
    """What was approximated on the way, for the record."""


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
