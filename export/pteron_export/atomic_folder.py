"""A folder that is written whole or not at all."""

import errno
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .errors import ExportError


@contextmanager
def replacing(out: Path):
    """A temporary folder beside `out` that becomes `out` at the end, and is gone after a failure."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise ExportError("invalid_argument", f"{out} cannot be written ({error.strerror}).", "Choose another --out.") from error
    try:
        fresh.chmod(0o755)
        yield fresh
        if out.exists():
            old = fresh.with_name(fresh.name + ".old")
            out.rename(old)
            fresh.rename(out)
            shutil.rmtree(old)
        else:
            fresh.rename(out)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ExportError("disk_full", f"No space left in {out.parent}.", "Free some space and export again.") from error
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
