"""Command line: python -m pteron_export.perplexity GGUF [GGUF ...] [--scheme SCHEME ...] [--out FILE]"""

import argparse
import json
import logging
import sys
import tempfile
import time
import warnings
from dataclasses import asdict
from pathlib import Path

from ..errors import ExportError
from .measure import PROGRAMS, SCHEMES, Measured, Row, measure
from .table import render

_REPORT = Path(__file__).resolve().parents[3] / "docs/QUANTIZATION.md"


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 if something cannot be read or run, 2 usage, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="pteron_export.perplexity", description=__doc__)
    parser.add_argument("sources", type=Path, nargs="+", help="GGUF files")
    parser.add_argument("--scheme", nargs="+", default=SCHEMES, help="measure only these anew; the other figures stay")
    parser.add_argument("--out", type=Path, default=_REPORT, help="the report's file; its figures are beside it, as JSON")
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    try:
        rows = _measure_all(options.sources, options.scheme, options.out.with_suffix(".json"))
        options.out.write_text(render(rows), encoding="utf-8")
        return 0
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _measure_all(sources: list[Path], schemes: list[str], figures: Path) -> list[Row]:
    """All rows, those measured before included; each is kept as soon as it is there, for all of them take an hour."""
    rows = [Row(**row) for row in json.loads(figures.read_text())] if figures.exists() else []
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:6.1f} s] {text}", flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        for source in sources:
            measured = Measured(source, Path(scratch))
            for scheme in schemes:
                row = measure(measured, scheme, scheme in PROGRAMS, say)
                rows = [r for r in rows if (r.model, r.scheme) != (row.model, row.scheme)] + [row]
                figures.write_text(json.dumps([asdict(r) for r in rows], indent=2) + "\n")
    return rows


if __name__ == "__main__":
    sys.exit(main())
