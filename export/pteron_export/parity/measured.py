"""Rows of an interrupted run, a line of JSON each, so that the next run goes on with the others."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from ..errors import ExportError
from .families import FAMILIES
from .hearing.families import HEARING
from .hearing.measure import HearingRow
from .measure import Compared, Row


class Measured:
    def __init__(self, file: Path | None):
        self._file = file
        self._rows = {} if file is None or not file.exists() else dict(map(_read, file.read_text(encoding="utf-8").splitlines()))

    def get(self, family: str, quantization: str) -> Compared | None:
        return self._rows.get((family, quantization))

    def add(self, row: Compared) -> None:
        if self._file is None or not row.passed:  # what failed is measured again
            return
        line = json.dumps(asdict(replace(row, family=None)) | {"family": row.family.key})
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _read(line: str) -> tuple[tuple[str, str], Compared]:
    try:
        values = json.loads(line)
        family = next(f for f in (*FAMILIES, *HEARING) if f.key == values["family"])
        kind = HearingRow if family in HEARING else Row
        return (family.key, values["quantization"]), kind(**values | {"family": family})
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise ExportError("invalid_argument", f"This is no row of an earlier run: {line[:80]}", "Delete the file.") from error
