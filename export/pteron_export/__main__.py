"""Command line: python -m pteron_export SOURCE [options]"""

import argparse
import logging
import os
import signal
import sys
import traceback
import warnings
from pathlib import Path

from .errors import ExportError, coded
from .naming import default_id
from .progress import Events, Progress


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pteron_export", description="Exports a checkpoint as a verified model folder.")
    parser.add_argument("source", help="a folder with safetensors, a GGUF file, or org/name[@revision][:file.gguf] of the Hub")
    parser.add_argument("--id", help="the model's id in the store; default: the source's name")
    parser.add_argument("--role", choices=("completion", "chat", "speech", "vad"), help="default: as the model and its template say")
    parser.add_argument("--quantize", metavar="SCHEME", help="auto (default), keep, none, bf16, fp16, fp32, nvfp4, 8, 4:g64 …, "
                        "and parts: 4,embedding=8,experts=4:g64")  # fmt: skip
    parser.add_argument("--group", type=int, choices=(32, 64, 128), help="columns that share a scale, where SCHEME names none")
    parser.add_argument("--dtype", choices=("bf16", "fp16", "fp32"), help="activations and scales; default bf16")
    parser.add_argument("--context", type=int, help="tokens; default: as trained, 32768 at most, less where memory is short")
    parser.add_argument("--kv", choices=("bf16", "fp16", "fp32", "8", "4"), help="what keys and values are kept in; default: --dtype")
    parser.add_argument("--chunk", type=int, default=512, help="longest prefill in one call")
    parser.add_argument("--out", type=Path, help="the model's folder; default: its place in the store")
    parser.add_argument("--sha256", help="refuse a source file with another hash")
    parser.add_argument("--no-verify", action="store_true", help="skip the comparison with transformers")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made and what it needs, and make nothing")
    parser.add_argument("--events", action="store_true", help="print JSON Lines, as progress.py says")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 after a coded error, 2 usage, 130 interrupted."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    progress = Events() if options.events else Progress()
    try:
        _run(options, progress)
        return 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever started us is gone
        sys.stdout = None
        return 130
    except Exception as error:
        if os.environ.get("PTERON_DEBUG"):
            traceback.print_exc()
        progress.failed(coded(error))
        return 1


def _interrupt(*_) -> None:
    """Ended from outside: clean up, once; a terminal and the command line both send Ctrl+C on."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _run(options: argparse.Namespace, progress: Progress) -> None:
    for name in ("context", "chunk"):
        if (value := getattr(options, name)) is not None and value < 16:
            raise ExportError("invalid_argument", f"--{name} {value} is too small.", "Use at least 16.")
    from .exporter import Options, default_out, export, plan  # imports PyTorch: after the arguments were checked
    from .memory import return_large_blocks

    return_large_blocks()
    id = options.id or default_id(options.source if not Path(options.source).exists() else str(Path(options.source).resolve()))
    settings = {k: v for k, v in vars(options).items() if k not in ("id", "no_verify", "out", "events", "dry_run")}
    wanted = Options(id=id, out=options.out or default_out(id), verify=not options.no_verify, **settings)
    if options.dry_run:
        progress.plan(plan(wanted, progress))
    else:
        progress.done(export(wanted, progress))


if __name__ == "__main__":
    sys.exit(main())
