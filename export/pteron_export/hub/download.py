"""One file from the Hub: continued where an earlier run was cut off, and taken only once its hash is right."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub.file_download import http_get

from ..errors import ExportError
from .errors import hub_errors, offline
from .name import HubName

Count = Callable[[str, int, int], None]
"""(what, bytes done, bytes in all)"""


@dataclass(frozen=True)
class RemoteFile:
    path: str
    size: int
    sha256: str | None
    """Of large files (Git LFS); small ones have a Git blob's id."""
    blob: str | None


class _Counted:
    """A file that tells how much of it is written."""

    def __init__(self, file, tell: Callable[[int], None]):
        self._file, self._tell = file, tell

    def write(self, data: bytes) -> int:
        written = self._file.write(data)
        self._tell(self._file.tell())
        return written

    def __getattr__(self, name: str):
        return getattr(self._file, name)


def download(name: HubName, file: RemoteFile, url: str, headers: dict, target: Path, count: Count) -> None:
    """Fetches `file` to `target` unless it is there. What arrived of it waits in `target`.part for the next run."""
    if target.exists() and target.stat().st_size == file.size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with part.open("ab") as raw:
        if raw.tell() > file.size:
            raw.truncate(0)
        try:
            with hub_errors(name):
                sink = _Counted(raw, lambda done: count(f"downloading {file.path}", done, file.size))
                http_get(url, sink, headers=headers, resume_size=raw.tell(), expected_size=file.size)
        except OSError as error:
            if error.errno is not None:
                raise
            raise offline(f"The download of {file.path} ended early") from error  # http_get's own check of the size
    _check(file, part, count)
    os.replace(part, target)


def _check(file: RemoteFile, part: Path, count: Count) -> None:
    """Compares size and hash; what is wrong is thrown away, for continuing it could never make it right."""
    size = part.stat().st_size
    wanted = file.sha256 or file.blob
    hasher = hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    done = 0
    with part.open("rb") as data:
        while block := data.read(1 << 22):
            hasher.update(block)
            done += len(block)
            count(f"checking {file.path}", done, file.size)
    if size == file.size and (wanted is None or hasher.hexdigest() == wanted):
        return
    part.unlink()
    raise ExportError(
        "download_damaged", f"{file.path} is not what the Hub announced: {size} bytes with hash {hasher.hexdigest()[:12]}…, "
        f"not {file.size} with {(wanted or 'none')[:12]}….",
        "It was thrown away; run the same command again. If it happens twice, a proxy or mirror alters files.",
    )  # fmt: skip
