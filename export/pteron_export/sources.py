"""What SOURCE means: a folder or file of this machine, or a repository of the Hub that is fetched into the cache."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .checkpoints.safetensors_folder import read_outline
from .errors import ExportError
from .hub import open_repository, parse_hub_name
from .hub.download import Count


@dataclass(frozen=True)
class Source:
    path: Path
    """Where the checkpoint lies, or will lie once fetched. A folder's configuration is there already."""
    fetch: Callable[[], Path]
    """Gets what is missing and returns `path`."""
    missing_bytes: int = 0
    repository: str | None = None
    commit: str | None = None
    licence: str | None = None

    @property
    def is_file(self) -> bool:
        return self.path.suffix == ".gguf" or self.path.is_file()

    @property
    def is_language_folder(self) -> bool:
        """A transformers folder of a language model, also one that hears, whose needs its configuration tells. Other speech
        models are small."""
        if self.is_file or (self.path / "model.bin").exists():
            return False
        recipe = read_outline(self.path).recipe
        return getattr(recipe, "ROLE", None) != "speech" or hasattr(recipe, "PARTS")


def find_source(text: str, count: Count) -> Source:
    """A path that is there is meant as one; anything else that looks like org/name is on the Hub."""
    path = Path(text).expanduser()
    if path.exists():
        return Source(path, lambda: path)
    name = parse_hub_name(text)
    if name is None:
        raise ExportError(
            "file_not_found", f"There is no file or folder {text}.",
            "Name a folder with safetensors, a GGUF file, or a repository of the Hub as org/name.",
        )  # fmt: skip
    repository = open_repository(name)
    repository.fetch_small(count)
    return Source(
        repository.folder / (name.file or ""),
        lambda: repository.fetch_weights(count),
        repository.missing_bytes,
        name.repository + (f":{name.file}" if name.file else ""),
        repository.commit,
        repository.licence,
    )
