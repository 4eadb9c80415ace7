"""A folder that is written whole or not at all."""

import errno
import os
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
        _remove_leftovers(out)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.{os.getpid()}.", dir=out.parent))
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


def _remove_leftovers(out: Path) -> None:
    """Temporary folders of exports that were killed outright: their process is gone."""
    for folder in out.parent.glob(f".{out.name}.*.*"):
        process = folder.name.removeprefix(f".{out.name}.").split(".")[0]
        if process.isdecimal() and not _is_running(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
