"""Command line: python -m pteron_export.full_size [NAME…] [--quantize SCHEME] (docs/FULL_SIZE.md)"""

import argparse
import multiprocessing
import sys

from ..context import machine_memory
from .configs import MODELS, Named
from .worker import check_one


def main() -> int:
    parser = argparse.ArgumentParser(prog="pteron_export.full_size", description=__doc__)
    names = [model.id for model in MODELS]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: all that fit; {', '.join(names)}")
    parser.add_argument("--quantize", default="4:g64", help="the scheme of the weights, as for an export")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in names]:
        print(f"invalid_argument: There is no '{unknown[0]}'. Known: {', '.join(names)}.", file=sys.stderr)
        return 2
    return max((_isolated(model, options.quantize) for model in _chosen(options.names)), default=0)


def _chosen(names: list[str]) -> list[Named]:
    if names:
        return [model for model in MODELS if model.id in names]
    return [model for model in MODELS if machine_memory() >= model.minimum_memory << 30]


def _isolated(model: Named, scheme: str) -> int:
    """In a process of its own, whose peak memory is this export's."""
    worker = multiprocessing.get_context("spawn").Process(target=check_one, args=(model, scheme))
    worker.start()
    worker.join()
    return worker.exitcode or 0


if __name__ == "__main__":
    sys.exit(main())
