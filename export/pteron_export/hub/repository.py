"""A repository at one commit, in Pteron's cache: its list of files, and those that were asked for."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from huggingface_hub import HfApi, hf_hub_url
from huggingface_hub.utils import build_hf_headers

from ..errors import ExportError
from ..mlx_support import cache_directory
from . import files as needed
from .download import Count, RemoteFile, download
from .errors import hub_errors
from .name import HubName

_RESERVE = 1 << 26  # bytes of the disk that a download leaves free


@dataclass(frozen=True)
class Repository:
    name: HubName
    commit: str
    licence: str
    folder: Path
    """Where the commit's files lie, once fetched."""
    files: dict[str, RemoteFile]

    def fetch_small(self, count: Count) -> None:
        """Configuration, tokenizer and index, which tell whether the rest is worth fetching. Nothing to do for a GGUF file."""
        if self.name.file is not None:
            if self.name.file not in self.files:
                raise ExportError("repository_not_found", f"{self.name} holds no {self.name.file}.", self._ggufs())
            return
        needed.require_checkpoint(str(self.name), self.files)
        self._fetch([file for file in needed.SMALL if file in self.files], count)

    def fetch_weights(self, count: Count) -> Path:
        """The checkpoint's path: the folder, or the GGUF file."""
        self._fetch(self._weights(), count)
        return self.folder / self.name.file if self.name.file else self.folder

    @property
    def missing_bytes(self) -> int:
        """Of the weights' files."""
        return sum(self._missing(self.files[file]) for file in self._weights())

    def _weights(self) -> list[str]:
        return [self.name.file] if self.name.file else needed.shards(str(self.name), self.folder, self.files)

    def _missing(self, file: RemoteFile) -> int:
        target = self.folder / file.path
        part = target.with_name(target.name + ".part")
        present = next((path.stat().st_size for path in (target, part) if path.exists()), 0)
        return max(0, file.size - present)

    def _fetch(self, paths: list[str], count: Count) -> None:
        missing = sum(self._missing(self.files[path]) for path in paths)
        self.folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.folder).free
        if missing and free < missing + _RESERVE:
            raise ExportError(
                "disk_full", f"The download needs {missing / 1e9:.1f} GB in {self.folder}, and {free / 1e9:.1f} GB are free.",
                "Free some space, or set PTERON_CACHE to a folder on another disk.",
            )  # fmt: skip
        headers = build_hf_headers(library_name="pteron")
        with FileLock(self.folder / ".lock"):  # two exports of one repository: the second waits, and finds the files there
            for path in paths:
                url = hf_hub_url(self.name.repository, path, revision=self.commit)
                download(self.name, self.files[path], url, headers, self.folder / path, count)

    def _ggufs(self) -> str:
        found = sorted(file for file in self.files if file.endswith(".gguf"))
        return f"It holds {', '.join(found[:8])}." if found else "It holds no GGUF files."


def open_repository(name: HubName) -> Repository:
    """Asks the Hub which commit `name` means and what it holds; where that was asked before and the Hub is out of reach, the
    answer of then does."""
    base = cache_directory() / "hub" / name.repository.replace("/", "--")
    answer = base / f"{name.revision.replace('/', '--')}.json"
    try:
        with hub_errors(name):
            info = HfApi().model_info(name.repository, revision=name.revision, files_metadata=True)
    except ExportError as error:
        if error.code != "network_unavailable" or not answer.exists():
            raise
        record = json.loads(answer.read_text(encoding="utf-8"))
    else:
        record = _record(info)
        base.mkdir(parents=True, exist_ok=True)
        answer.write_text(json.dumps(record), encoding="utf-8")
    listed = {path: RemoteFile(path, *rest) for path, *rest in record["files"]}
    return Repository(name, record["commit"], record["licence"], base / record["commit"], listed)


def _record(info) -> dict:
    if not re.fullmatch(r"[0-9a-f]{7,64}", info.sha or ""):  # it names a folder
        raise ExportError("download_damaged", "The Hub's answer names no commit.", "Check HF_ENDPOINT.")
    licence = (info.card_data or {}).get("license") or next(
        (tag.removeprefix("license:") for tag in info.tags or [] if tag.startswith("license:")), "unknown"
    )
    files = [
        (s.rfilename, s.size, s.lfs.sha256 if s.lfs else None, s.blob_id)
        for s in info.siblings or []
        if s.size is not None and ".." not in s.rfilename and not s.rfilename.startswith("/")
    ]
    return {"commit": info.sha, "licence": str(licence), "files": files}
