"""Command line: python -m pteron_export.parity [--only text|speech] [--family KEY …] [--quantization NAME …] [--out FILE]
[--continue FILE]"""

import argparse
import logging
import sys
import tempfile
import time
import warnings
from pathlib import Path

from ..errors import ExportError
from ..run_program import delegate_runner
from .families import FAMILIES
from .hearing.families import HEARING
from .hearing.measure import measure_hearing
from .measure import Compared, measure
from .measured import Measured
from .quantizations import QUANTIZATIONS
from .table import kept_half, render, render_hearing

_TABLE = Path(__file__).resolve().parents[3] / "docs/PARITY.md"


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 if a row fails or nothing can be run, 2 usage, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="pteron_export.parity", description=__doc__)
    parser.add_argument("--only", choices=("text", "speech"), help="measure this half of the table, and keep the other")
    keys = [family.key for family in (*FAMILIES, *HEARING)]
    parser.add_argument("--family", nargs="+", choices=keys, help="only these; the table is then not written")
    parser.add_argument("--quantization", nargs="+", choices=QUANTIZATIONS, help="only these; the table is then not written")
    parser.add_argument("--out", type=Path, default=_TABLE, help="the table's file")
    parser.add_argument("--continue", dest="earlier", type=Path, metavar="FILE", help="keep rows here, and measure only what it lacks")
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    try:
        wanted = (options.family, options.quantization or QUANTIZATIONS, Measured(options.earlier))
        is_whole = not options.family and not options.quantization
        kept = kept_half(options.out, options.only) if is_whole and options.only else ""
        rows = [] if options.only == "speech" else _measure_all(FAMILIES, measure, *wanted)
        hearing = [] if options.only == "text" else _measure_all(HEARING, measure_hearing, *wanted)
        if is_whole:
            halves = (render(rows) if rows else kept, render_hearing(hearing) if hearing else kept)
            options.out.write_text("\n".join(halves), encoding="utf-8")
            print(f"wrote {options.out}")
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if all(row.passed for row in [*rows, *hearing]) else 1


def _measure_all(families, measure, keys: list[str] | None, quantizations: tuple[str, ...], measured: Measured) -> list[Compared]:
    runner, rows = delegate_runner(), []
    with tempfile.TemporaryDirectory() as folder:
        for family in (f for f in families if keys is None or f.key in keys):
            for quantization in quantizations:
                started = time.monotonic()
                row = measured.get(family.key, quantization)
                if row is None:
                    row = measure(family, quantization, runner, Path(folder))
                    measured.add(row)
                rows.append(row)
                verdict = "passes" if row.passed else f"FAILS {row.failure}"
                spent = time.monotonic() - started
                print(f"{family.key} {quantization}: {row.summary}: {verdict} [{spent:.1f} s]", flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
