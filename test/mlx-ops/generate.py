"""Exports the cases of ExecuTorch's own MLX operator tests, from the installed wheel, to be executed by our delegate.

Writes FOLDER/CASE/{model.pte,input.bin,expected_output.bin} in upstream's file format and FOLDER/cases.json. Upstream's
test classes make models, inputs, expected outputs and tolerances; only its C++ runner is replaced (runCases.mjs).

Usage: python test/mlx-ops/generate.py FOLDER [--only NAME …] [--jobs N]
"""

import argparse
import contextlib
import importlib.util
import io
import json
import multiprocessing
import sys
import time
import traceback
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "export"))

from pteron_export import mlx_support  # noqa: E402

mlx_support.enable()


def _without_torchtune() -> None:
    """Upstream's TurboQuant test needs one module of a package whose __init__ imports torchtune, which is not needed."""
    name = "executorch.extension.llm.modules"
    parent = importlib.util.find_spec("executorch.extension.llm")
    package = types.ModuleType(name)
    package.__path__ = [str(Path(next(iter(parent.submodule_search_locations))) / "modules")]
    sys.modules[name] = package


def _complete_mock_config() -> None:
    """Upstream's mock of a transformers configuration lacks what transformers 5.23 asks for."""
    from executorch.backends.mlx.test import test_ops

    test_ops.MockModelConfig.per_layer_config = property(lambda self: [self] * self.num_hidden_layers)


_without_torchtune()
_complete_mock_config()


def _cases(base: str | None = None) -> dict:
    """The configurations of every registered class, or of one, in upstream's order."""
    from executorch.backends.mlx.test import test_ops, test_utils  # noqa: F401 (registers)

    registry = test_utils._TEST_REGISTRY
    configurations = lambda kind: kind.get_test_configs() if hasattr(kind, "get_test_configs") else [kind()]  # noqa: E731
    return {name: configurations(registry[name]) for name in ([base] if base else registry)}


def _verify_graph(case, program: Path) -> str | None:
    """Upstream's own checks of the exported file: delegate segments and node counts."""
    from executorch.backends.mlx.test.test_utils import count_mlx_delegate_segments, get_mlx_node_counts

    segments = count_mlx_delegate_segments(program)
    if segments != case.expected_mlx_segments:
        return f"{segments} delegates instead of {case.expected_mlx_segments}"
    counts = get_mlx_node_counts(program) if case.expected_node_counts else {}
    for node, expected in (case.expected_node_counts or {}).items():
        if counts.get(node, 0) != expected:
            return f"{counts.get(node, 0)} {node} instead of {expected}"
    return None


def _export(work) -> dict:
    base, index, folder = work
    case = _cases(base)[base][index]
    target = Path(folder) / f"{base}.{index}"
    target.mkdir(parents=True, exist_ok=True)
    case.get_test_dir = lambda: target
    record = {
        "id": target.name,
        "class": base,
        "name": case.name,
        "rtol": case.rtol,
        "atol": case.atol,
        "kvCache": case.kv_cache,
        "comparisonSkipped": case.skip_comparison_reason or "by upstream" if case.skip_comparison else None,
    }
    log = io.StringIO()
    try:
        with contextlib.redirect_stdout(log):
            program, _, _ = case.generate_test_files()
            record["graphError"] = _verify_graph(case, program)
    except Exception:  # the case fails, the others go on
        record["exportError"] = traceback.format_exc().strip().splitlines()[-1][:500]
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", help="names of classes")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    work = [
        (base, index, str(arguments.folder))
        for base, cases in _cases().items()
        if not arguments.only or base in arguments.only
        for index in range(len(cases))
    ]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    records, started = [], time.monotonic()
    with multiprocessing.get_context("spawn").Pool(arguments.jobs, initializer=_one_thread) as pool:
        for record in pool.imap(_export, work, chunksize=4):
            records.append(record)
            print(f"exported {len(records)} of {len(work)} · {time.monotonic() - started:.0f} s · {record['id']}", flush=True)
    (arguments.folder / "cases.json").write_text(json.dumps(records, indent=1))
    failed = [each for each in records if each.get("exportError")]
    print(f"{len(records)} cases of {len({each['class'] for each in records})} classes, {len(failed)} not exported")


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


if __name__ == "__main__":
    main()
