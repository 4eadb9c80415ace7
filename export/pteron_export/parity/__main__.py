"""Command line: python -m pteron_export.parity [--family KEY ...] [--quantization NAME ...] [--out FILE] [--continue FILE]"""

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
from .measure import Row, measure
from .measured import Measured
from .quantizations import QUANTIZATIONS
from .table import render

_TABLE = Path(__file__).resolve().parents[3] / "docs/PARITY.md"


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 if a row fails or nothing can be run, 2 usage, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="pteron_export.parity", description=__doc__)
    parser.add_argument("--family", nargs="+", choices=[f.key for f in FAMILIES], help="only these; the table is then not written")
    parser.add_argument("--quantization", nargs="+", choices=QUANTIZATIONS, help="only these; the table is then not written")
    parser.add_argument("--out", type=Path, default=_TABLE, help="the table's file")
    parser.add_argument("--continue", dest="earlier", type=Path, metavar="FILE", help="keep rows here, and measure only what it lacks")
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    try:
        rows = _measure_all(options.family, options.quantization or QUANTIZATIONS, Measured(options.earlier))
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if not options.family and not options.quantization:
        options.out.write_text(render(rows), encoding="utf-8")
        print(f"wrote {options.out}")
    return 0 if all(row.passed for row in rows) else 1


def _measure_all(keys: list[str] | None, quantizations: tuple[str, ...], measured: Measured) -> list[Row]:
    runner, rows = delegate_runner(), []
    with tempfile.TemporaryDirectory() as folder:
        for family in (f for f in FAMILIES if keys is None or f.key in keys):
            for quantization in quantizations:
                started = time.monotonic()
                row = measured.get(family.key, quantization)
                if row is None:
                    row = measure(family, quantization, runner, Path(folder))
                    measured.add(row)
                rows.append(row)
                verdict = "passes" if row.passed else f"FAILS {row.failure}"
                print(
                    f"{family.key} {quantization}: {row.equal} tokens equal ({row.distinct} different ones), difference "
                    f"{row.difference:.1e} of {row.allowed:.1e} allowed: {verdict} [{time.monotonic() - started:.1f} s]",
                    flush=True,
                )
    return rows


if __name__ == "__main__":
    sys.exit(main())
