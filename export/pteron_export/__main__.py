"""Command line: python -m pteron_export SOURCE --id ID --role completion|chat [options]"""

import argparse
import logging
import os
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path

from .errors import ExportError


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pteron_export", description="Exports a checkpoint as a verified model folder.")
    parser.add_argument("source", type=Path, help="a GGUF file, or a transformers folder with safetensors")
    parser.add_argument("--id", required=True, help="the model's id in the store")
    parser.add_argument("--role", choices=("completion", "chat"), required=True)
    parser.add_argument("--quantize", metavar="SCHEME", help="auto (default), keep, none, bf16, fp16, fp32, nvfp4, 8, 4:g64 …, "
                        "and parts: 4,embedding=8,experts=4:g64")  # fmt: skip
    parser.add_argument("--group", type=int, choices=(32, 64, 128), help="columns that share a scale, where SCHEME names none")
    parser.add_argument("--dtype", choices=("bf16", "fp16", "fp32"), help="activations, scales and KV cache; default bf16")
    parser.add_argument("--context", type=int, help="tokens; default 8192, at most what the model was trained for")
    parser.add_argument("--chunk", type=int, default=512, help="longest prefill in one call")
    parser.add_argument("--out", type=Path, help="the model's folder; default: its place in the store")
    parser.add_argument("--sha256", help="refuse a source file with another hash")
    parser.add_argument("--no-verify", action="store_true", help="skip the comparison with transformers")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 after a coded error, 2 usage, 130 interrupted."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    started = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside: clean up as after Ctrl+C

    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:5.1f} s] {text}", flush=True)

    try:
        for name in ("context", "chunk"):
            if (value := getattr(options, name)) is not None and value < 16:
                raise ExportError("invalid_argument", f"--{name} {value} is too small.", "Use at least 16.")
        from .exporter import Options, default_out, export  # imports PyTorch: after the arguments were checked

        settings = {k: v for k, v in vars(options).items() if k not in ("no_verify", "out")}
        export(Options(out=options.out or default_out(options.id), verify=not options.no_verify, **settings), say)
        return 0
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except MemoryError:
        print("out_of_memory: The export needs more memory than this machine has. Close other programs.", file=sys.stderr)
        return 1
    except Exception as error:
        if os.environ.get("PTERON_DEBUG"):
            traceback.print_exc()
        print(f"internal: {type(error).__name__}: {error} Set PTERON_DEBUG=1 for the trace, and report it.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
