"""What an export needs of the machine, from the configuration alone: said before anything long is begun."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import psutil
import torch
from torch import nn

from . import models
from .checkpoints.checkpoint import Checkpoint
from .checkpoints.safetensors_folder import read_outline
from .errors import ExportError
from .models.layers import Limits
from .quantization.requantized import resolve
from .quantization.scheme import Choice, Scheme, part_of
from .sources import Source
from .verify import MAX_ROWS

_RUNTIME = 900_000_000  # Python with PyTorch, ExecuTorch and transformers: 0.75 GB as measured, and room
_COPIES = 2.5  # of the largest part in fp32: as it is read, as it is computed with, and temporaries
_TOKENIZER = 50_000_000


@dataclass(frozen=True)
class Needs:
    architecture: str
    family: str
    parameters: int
    quantization: str
    program: int
    """Bytes of the program, within a few percent."""
    disk: int
    """Bytes in the model's folder while it is made."""
    memory: int
    """Bytes of this process at its peak."""

    download: int = 0
    """Bytes still to be fetched into the cache."""

    def record(self, out: Path) -> dict:
        """For --dry-run."""
        return {
            "architecture": self.architecture, "family": self.family, "parameters": self.parameters,
            "quantization": self.quantization, "folder": str(out), "programBytes": self.program,
            "downloadBytes": self.download, "diskBytes": self.disk, "memoryBytes": self.memory,
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.disk / 1e9:.1f} GB of disk and {self.memory / 1e9:.1f} GB of memory"

    def require(self, out: Path) -> None:
        """Refuses what the machine cannot do."""
        folder = next(parent for parent in out.absolute().parents if parent.exists())
        free, available = shutil.disk_usage(folder).free, available_memory()
        if free < self.disk:
            raise ExportError(
                "disk_full", f"The export needs {self.disk / 1e9:.1f} GB in {folder}, and {free / 1e9:.1f} GB are free.",
                "Free some space, or choose another folder with --out.",
            )  # fmt: skip
        if available < self.memory:
            raise ExportError(
                "out_of_memory",
                f"The export needs {self.memory / 1e9:.1f} GB of memory, and {available / 1e9:.1f} GB are available.",
                "Close other programs, or export on a machine with more memory: the model's folder can be copied.",
            )


def plan_folder(source: Source, scheme: Scheme, dtype: torch.dtype) -> Needs:
    """From config.json alone, before any weights are fetched."""
    outline = read_outline(source.path)
    held = sum(file.stat().st_size for file in source.path.glob("*.safetensors")) + source.missing_bytes
    kept = held if outline.quantization else None
    return _needs(outline.architecture, outline.recipe, outline.config, scheme, dtype, kept, source.missing_bytes)


def plan_file(source: Source, checkpoint: Checkpoint, scheme: Scheme, dtype: torch.dtype) -> Needs:
    """From a GGUF file's metadata."""
    kept = source.path.stat().st_size if checkpoint.quantization != "none" else None
    recipe = checkpoint.recipe
    return _needs(recipe.GGUF_ARCHITECTURES[0], recipe, checkpoint.config, scheme, dtype, kept, 0)


def _needs(
    architecture: str, recipe: ModuleType, config: dict, scheme: Scheme, dtype: torch.dtype, kept: int | None, download: int
) -> Needs:
    """kept: the source's size where it is quantized, which `keep` keeps; None where it is not."""
    config, _ = models.settle(recipe, config, Limits(16, 16, dtype))
    model = recipe.build(config, Limits(16, 16, dtype))
    parameters = sum(p.numel() for p in model.parameters())
    scheme = resolve(scheme, parameters, kept is not None)
    program = kept if scheme.base.format == "keep" and kept else _program_bytes(model, scheme, dtype)
    logits = 4 * MAX_ROWS * config["vocab_size"]
    memory = round(_RUNTIME + logits + 4 * (_COPIES * _largest_part(model) + _waiting(model)))
    disk = program + 2 * logits + _TOKENIZER
    return Needs(architecture, recipe.FAMILY, parameters, _describe(scheme.base), program, disk, memory, download)


def _program_bytes(model: nn.Module, scheme: Scheme, dtype: torch.dtype) -> int:
    total = 0.0
    for name, parameter in model.named_parameters():
        choice = scheme.choice(part_of(name)) if parameter.dim() == 2 else Choice("none")
        total += parameter.numel() * _bits(choice, dtype) / 8
    return round(total)


def _bits(choice: Choice, dtype: torch.dtype) -> float:
    """Of a value with its share of scale and bias."""
    if choice.format == "nvfp4":
        return 4.5
    if choice.format != "affine":
        return 8.0 * dtype.itemsize
    return choice.bits + 16.0 * dtype.itemsize / (choice.group or (64 if choice.bits == 8 else 32))


def _largest_part(model: nn.Module) -> int:
    """Values of what is in memory at once: a layer, the embedding or the head."""
    return max(sum(p.numel() for p in part.parameters()) for part in _parts(model))


def _parts(model: nn.Module) -> Iterator[nn.Module]:
    for child in model.children():
        if isinstance(child, nn.ModuleList):
            yield from child
        elif any(isinstance(inner, nn.ModuleList) for inner in child.modules()):
            yield from _parts(child)
        else:
            yield child


def _waiting(model: nn.Module) -> int:
    """Values that transformers' model asks for after others that come later: all that hears (voxtral/reference.py)."""
    return sum(parameter.numel() for name, parameter in model.named_parameters() if part_of(name) == "audio")


def _describe(choice: Choice) -> str:
    return f"{choice.bits}-bit" if choice.format == "affine" else choice.format


def available_memory() -> int:
    """Bytes that this process may still take: the machine's, or what a container's limit (cgroup v2) leaves."""
    available = psutil.virtual_memory().available
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
        return min(available, int(limit) - used) if limit.isdecimal() else available
    except (OSError, ValueError):
        return available
