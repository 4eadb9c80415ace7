"""Sources of weights: a GGUF file, a transformers folder, or Whisper in CTranslate2's format."""

from pathlib import Path

from ..errors import ExportError
from .checkpoint import Checkpoint
from .ctranslate2 import open_ctranslate2
from .gguf_file import open_gguf
from .safetensors_folder import open_folder


def open_checkpoint(source: Path) -> Checkpoint:
    if (source / "model.bin").is_file():
        return open_ctranslate2(source)
    if source.is_dir():
        return open_folder(source)
    if source.is_file():
        return open_gguf(source)
    raise ExportError("file_not_found", f"There is no file or folder {source}.", "Name a GGUF file or a transformers folder.")
