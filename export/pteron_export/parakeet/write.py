"""A Parakeet checkpoint → its model folder."""

from pathlib import Path

from .. import known_sources
from ..checkpoints.checkpoint import Checkpoint
from ..lowering import placed_weights
from ..manifest import manifest, write_json
from ..models.layers import Limits
from ..models.parakeet import STEP_FRAMES, WINDOW
from ..quantization.requantized import Requantized
from ..quantization.scheme import Scheme
from .methods import METHODS, memory_of, speech_of, write_program
from .verify import verify


def write_parakeet(options, checkpoint: Checkpoint, folder: Path, limits: Limits, scheme: Scheme, say) -> None:
    """Fills a model folder whose tokenizer is written already."""
    from ..exporter import count_parameters

    say(f"loading weights ({checkpoint.quantization}, --quantize {options.quantize or 'auto'})")
    limits = Limits(WINDOW, 1, limits.dtype)
    model = checkpoint.recipe.build(checkpoint.config, limits)
    held = Requantized(checkpoint, scheme, model, limits.dtype)
    with placed_weights(model, held.get, limits.dtype, folder / "model.pte") as file:
        write_program(model, folder / "model.pte", say, file)
    memory = memory_of(model, (folder / "model.pte").stat().st_size)
    say(f"memory: {memory.summary(WINDOW)}")
    known = known_sources.KNOWN.get(checkpoint.sha256, {})
    described = manifest(
        id=options.id, name=known.get("name", checkpoint.name), family=checkpoint.recipe.FAMILY, role="speech", limits=limits,
        vocabulary=checkpoint.config["vocab_size"], sliding_window=None, parameters=count_parameters(model),
        quantization=held.description, memory=memory, tokens={"bos": None, "eos": [], "addBos": False}, fim=None,
        licence=known.get("licence") or known_sources.licence_of(checkpoint.licence),
        source={"name": known.get("source", checkpoint.name), "sha256": checkpoint.sha256,
                "revision": known.get("revision") or checkpoint.revision or f"sha256:{checkpoint.sha256[:12]}"},
        verification=verify(model, folder, say) if options.verify else {},
    )  # fmt: skip
    write_json(folder / "model.json", described | {"methods": METHODS, "maxLogitRows": STEP_FRAMES, "speech": speech_of(model)})
