"""Makes executorch's MLX exporter importable where the wheel lacks its generated files (Linux).

The macOS wheel carries four generated modules that the Linux wheel does not. The wheel's own generator makes them from its
schema, so they are generated once into Pteron's cache and served from there by an import hook; the wheel stays as installed.
"""

import contextlib
import importlib.abc
import importlib.metadata
import importlib.util
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from .errors import ExportError

_MLX = "executorch.backends.mlx"


def cache_directory() -> Path:
    """Pteron's cache: $PTERON_CACHE, or the platform's usual place."""
    if override := os.environ.get("PTERON_CACHE"):
        return Path(override)
    home = Path.home()
    return home / "Library/Caches/pteron" if sys.platform == "darwin" else home / ".cache/pteron"


def _wheel_directory() -> Path:
    return Path(next(iter(importlib.util.find_spec("executorch").submodule_search_locations)))


def _run_generator(wheel: Path, into: Path) -> None:
    """Runs the wheel's generate.py with its outputs redirected and its two C++ steps (templates not shipped) left out."""
    mlx = wheel / "backends/mlx"
    spec = importlib.util.spec_from_file_location("_pteron_mlx_generate", mlx / "serialization/generate.py")
    generate = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = generate  # its dataclasses look their module up
    spec.loader.exec_module(generate)
    serialization = into / "serialization"
    shutil.copytree(mlx / "serialization", serialization, ignore=shutil.ignore_patterns("__pycache__"))
    generate.GENERATED_DIR = serialization / "_generated"
    generate.GENERATED_SERIALIZERS = serialization / "_generated_serializers.py"
    generate.GENERATED_SCHEMA_PY = serialization / "mlx_graph_schema.py"
    generate.GENERATED_INSPECTOR = into / "_generated_inspector.py"
    generate.RUNTIME_DIR = into / "runtime"
    generate.LOADER_H, generate.LOADER_CPP = into / "runtime/MLXLoader.h", into / "runtime/MLXLoader.cpp"
    generate.generate_cpp_loader_h = generate.generate_cpp_loader_cpp = lambda _schema: ""
    (into / "runtime").mkdir()
    flatc = wheel / "data/bin/flatc"
    if not os.access(flatc, os.X_OK):  # an unzipped wheel has lost the bit
        flatc.chmod(flatc.stat().st_mode | 0o111)
    log, arguments = io.StringIO(), sys.argv
    sys.argv = ["generate.py", "--flatc", str(flatc)]
    try:
        with contextlib.redirect_stdout(log):
            generate.main()
    finally:
        sys.argv = arguments
    if not (serialization / "_generated/mlx_delegate").is_dir():
        raise ExportError("internal", f"executorch's MLX schema could not be generated: {log.getvalue().strip()[-500:]}")


class _CacheFinder(importlib.abc.MetaPathFinder):
    """Serves the serialization package (the wheel's files and the generated ones) and the inspector's tables from the cache."""

    def __init__(self, root: Path):
        self._root = root

    def find_spec(self, fullname, path=None, target=None):
        if fullname == f"{_MLX}.serialization":
            folder = self._root / "serialization"
            return importlib.util.spec_from_file_location(
                fullname, folder / "__init__.py", submodule_search_locations=[str(folder)]
            )
        if fullname == f"{_MLX}._generated_inspector":
            return importlib.util.spec_from_file_location(fullname, self._root / "_generated_inspector.py")
        return None


def generate_files() -> Path:
    """Makes the generated files once (0.3 s) and returns their folder. Interrupted or concurrent runs leave nothing half-made."""
    wheel = _wheel_directory()
    folder = cache_directory() / f"executorch-mlx-python-{importlib.metadata.version('executorch')}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=folder.name + ".", dir=folder.parent))
    try:
        _run_generator(wheel, fresh)
        with contextlib.suppress(OSError):  # another process finished first
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def enable() -> None:
    """Call before importing anything of executorch.backends.mlx. Does nothing where the wheel is complete. Idempotent."""
    if importlib.util.find_spec("executorch") is None:
        return  # whoever imports it says so
    if (_wheel_directory() / "backends/mlx/serialization/mlx_graph_schema.py").exists():
        return
    if any(isinstance(finder, _CacheFinder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _CacheFinder(generate_files()))
