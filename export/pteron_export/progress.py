"""What an export says while it works: lines for people, or events (JSON Lines) for the command line `pteron`."""

import json
import sys
import time
from pathlib import Path

from .errors import ExportError

_INTERVAL = 0.2  # seconds between two counts of the same step


class Progress:
    """Lines for people. A step is a call; bytes of a long step are counted with `count`."""

    def __init__(self):
        self._started = time.monotonic()
        self._counted = 0.0

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self._started:5.1f} s] {text}", flush=True)

    def count(self, text: str, done: int, total: int) -> None:
        """Bytes of a step, seldom enough for a terminal; the last count is always told."""
        if done < total and time.monotonic() - self._counted < _INTERVAL:
            return
        self._counted = time.monotonic()
        self.tell_count(text, done, total)

    def tell_count(self, text: str, done: int, total: int) -> None:
        if sys.stdout.isatty() or done == total:
            print(f"{text}: {done / 1e6:.1f} of {total / 1e6:.1f} MB", end="\n" if done == total else "\r", flush=True)

    def done(self, folder: Path) -> None:
        self(f"done: {folder}")

    def plan(self, record: dict) -> None:
        for name, value in record.items():
            print(f"{name}: {value}")

    def failed(self, error: ExportError) -> None:
        print(error, file=sys.stderr)


class Events(Progress):
    """The same as one JSON object a line: {progress: {text, doneBytes?, totalBytes?}}, {plan}, {done: {folder}}, {error}."""

    def __call__(self, text: str) -> None:
        self._emit({"progress": {"text": text}})

    def tell_count(self, text: str, done: int, total: int) -> None:
        self._emit({"progress": {"text": text, "doneBytes": done, "totalBytes": total}})

    def done(self, folder: Path) -> None:
        self._emit({"done": {"folder": str(folder)}})

    def plan(self, record: dict) -> None:
        self._emit({"plan": record})

    def failed(self, error: ExportError) -> None:
        self._emit({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}})

    @staticmethod
    def _emit(event: dict) -> None:
        print(json.dumps(event, ensure_ascii=False), flush=True)
