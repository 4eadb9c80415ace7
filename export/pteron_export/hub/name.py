"""What names a checkpoint on the Hub: org/name[@revision][:file.gguf]."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(@(?P<revision>[\w.][\w./-]*))?(:(?P<file>[\w.][\w./ -]*\.gguf))?", re.ASCII)


@dataclass(frozen=True)
class HubName:
    repository: str
    revision: str = "main"
    """A branch, a tag or a commit."""
    file: str | None = None
    """A GGUF file; None = the repository is a transformers folder with safetensors."""

    def __str__(self) -> str:
        return self.repository + ("" if self.revision == "main" else f"@{self.revision}")


def parse_hub_name(source: str) -> HubName | None:
    """None where `source` cannot be meant so: a path is to be tried then."""
    match = _NAME.fullmatch(source)
    if match is None or ".." in source or source.startswith("."):
        return None
    return HubName(match["repository"], match["revision"] or "main", match["file"])
