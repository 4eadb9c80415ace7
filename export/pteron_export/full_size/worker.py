"""The process that checks one model and adds it to the report."""

import json
import logging
import os
import platform
import sys
import warnings

from ..context import machine_memory
from ..errors import ExportError
from .configs import Named


def check_one(model: Named, scheme: str) -> None:
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    from .check import check
    from .report import add

    try:
        record = check(model, scheme, lambda text: print(f"  {text}", flush=True)) | {"machine": _machine()}
        add(record)
        print(json.dumps({k: record[k] for k in ("prefillTokensPerSecond", "decodeTokensPerSecond", "peakBytes", "logits")}))
    except ExportError as error:
        print(f"{model.id}: {error}", file=sys.stderr)
        sys.exit(1)


def _machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}), {machine_memory() / 2**30:.0f} GiB, {platform.system()}"
