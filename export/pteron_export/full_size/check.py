"""One named model: exported with random weights by the streaming writer, then run in a process of its own."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .. import models as recipes
from ..errors import ExportError
from ..lowering import placed_weights, write_program
from ..memory_plan import MemoryPlan, plan_memory
from ..models.layers import Limits
from ..quantization.scheme import DTYPES, parse_scheme
from ..run_program import addon_path
from ..speech import plan_speech, write_speech_program
from ..voxtral.methods import plan_voxtral, write_voxtral_program
from .configs import Named
from .weights import RandomWeights

CONTEXT, CHUNK = 32_768, 512
LEAST_DEVIATION, LEAST_DISTINCT = 0.05, 0.05  # of logits; the second as a share of the vocabulary


@dataclass(frozen=True)
class Export:
    bytes: int
    parameters: int
    seconds: float
    peak: int
    plan: MemoryPlan
    limits: Limits


def export(named: Named, scheme_text: str, out: Path, say) -> Export:
    started = time.monotonic()
    recipe, scheme = recipes.recipe_for(named.architecture), parse_scheme(scheme_text)
    chunk = getattr(recipe, "CHUNK", CHUNK)
    context = min(CONTEXT, named.config["max_position_embeddings"])
    limits = Limits(context, min(chunk, context // 2), DTYPES[scheme.dtype or "bf16"])
    config, _ = recipes.settle(recipe, named.config, limits)
    model = recipe.build(config, limits)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    weights = RandomWeights(model, scheme, tuple(getattr(recipe, "DENSE", ())))
    if recipe.FAMILY == "whisper":
        with placed_weights(model, weights.get, limits.dtype, out) as file:
            write_speech_program(model, config["vocab_size"], out, say, file)
        plan = plan_speech(model, config["vocab_size"], out.stat().st_size)
    elif getattr(recipe, "ROLE", None) == "speech":
        write_voxtral_program(model, config["vocab_size"], weights.get, out, say)
        plan = plan_voxtral(model, config["vocab_size"], out.stat().st_size)
    else:
        write_program(model, limits, config["vocab_size"], weights.get, out, say)
        plan = plan_memory(model, limits, config["vocab_size"], out.stat().st_size)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Export(out.stat().st_size, parameters, time.monotonic() - started, peak, plan, limits)


def run(named: Named, exported: Export, program: Path) -> dict:
    addon = addon_path()
    if addon is None:
        raise ExportError("addon_missing", "The engine's addon is not built.", "Run `npm run setup -- build` first.")
    numbers = (named.config["vocab_size"], exported.limits.chunk, exported.limits.context)
    command = ["node", str(Path(__file__).with_name("measure.mjs")), str(addon), str(program), *map(str, numbers)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise ExportError("inference_failed", f"{named.id} does not run: {done.stderr.strip()[-500:]}")
    result = json.loads(done.stdout)
    _judge(named, result)
    return result


def _judge(named: Named, result: dict) -> None:
    logits, vocabulary = result["logits"], named.config["vocab_size"]
    usable = logits["finite"] and logits["deviation"] > LEAST_DEVIATION and logits["distinct"] > LEAST_DISTINCT * vocabulary
    if not usable or len(result["tokens"]) != 8:
        raise ExportError("program_invalid", f"The logits of {named.id} are degenerate: {logits}.")


def check(named: Named, scheme: str, say) -> dict:
    """The model's record for the report; nothing of it stays on the disk."""
    folder = Path(tempfile.mkdtemp(prefix="pteron-full-size-"))
    try:
        exported = export(named, scheme, folder / "model.pte", say)
        say(f"{named.id}: {exported.bytes / 1e9:.2f} GB in {exported.seconds:.0f} s; running")
        result = run(named, exported, folder / "model.pte")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    plan, limits = exported.plan, exported.limits
    planned = plan.needed(limits.chunk + 16) - plan.fixed_state
    return result | {
        "id": named.id, "repository": named.repository, "scheme": scheme, "parameters": exported.parameters,
        "bytes": exported.bytes, "exportSeconds": exported.seconds, "exportPeakBytes": exported.peak,
        "context": limits.context, "plannedBytes": planned, "stateBytesPerToken": plan.state_per_token,
        "date": time.strftime("%Y-%m-%d"), "threads": os.environ.get("PTERON_THREADS", ""),
    }  # fmt: skip
