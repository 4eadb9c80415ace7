"""tokenizer.json and chat template of a GGUF file. Usage: python -m pteron_export.checkpoints.gguf_tokenizer FILE.gguf FOLDER

transformers' conversion of a large vocabulary leaves gigabytes of small objects behind, which Python does not return to the system:
it runs in a process of its own.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path

import gguf

from ..errors import ExportError
from .tokenizer_files import write_compact


def convert_tokenizer(path: Path, folder: Path) -> None:
    """Writes the files into `folder`. @raises ExportError tokenizer_invalid"""
    command = [sys.executable, "-m", __name__, str(path.absolute()), str(folder.absolute())]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2])
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ExportError("tokenizer_invalid", f"The vocabulary of {path.name} cannot be converted ({why}).", "Get the file again.")


def _convert(path: Path, folder: Path) -> None:
    """The file's control tokens stay whole when text is encoded."""
    from transformers import AutoTokenizer

    logging.getLogger("transformers").setLevel(logging.ERROR)
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    reader = gguf.GGUFReader(path)
    tokens, kinds = (reader.get_field(f"tokenizer.ggml.{key}").contents() for key in ("tokens", "token_type"))
    control = [token for token, kind in zip(tokens, kinds, strict=True) if kind == gguf.TokenType.CONTROL]
    write_compact(json.loads(tokenizer.backend_tokenizer.to_str()), control, folder / "tokenizer.json")
    if template := reader.get_field("tokenizer.chat_template"):
        (folder / "chat_template.jinja").write_text(template.contents(), encoding="utf-8")


if __name__ == "__main__":
    _convert(Path(sys.argv[1]), Path(sys.argv[2]))
