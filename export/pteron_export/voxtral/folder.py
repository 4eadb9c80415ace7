"""A Voxtral's checkpoint → the program, model.json and a comparison with transformers."""

from collections.abc import Callable
from pathlib import Path

from .. import known_sources
from ..checkpoints.checkpoint import Checkpoint
from ..manifest import manifest, write_json
from ..models.layers import Limits
from ..quantization.requantized import Requantized
from ..quantization.scheme import Scheme
from .methods import described_methods, plan_voxtral, write_voxtral_program
from .special_tokens import described_speech
from .verify import verify


def write_voxtral(
    options, checkpoint: Checkpoint, folder: Path, limits: Limits, scheme: Scheme, say: Callable[[str], None]
) -> None:
    """Fills a model folder whose tokenizer is written already."""
    from ..exporter import count_parameters

    recipe, config, program = checkpoint.recipe, checkpoint.config, folder / "model.pte"
    vocabulary = config["vocab_size"]
    model = recipe.build(config, limits)
    speech = described_speech(model, config, folder / "tokenizer.json", checkpoint.audio)
    say(f"loading weights ({checkpoint.quantization}, --quantize {options.quantize or 'auto'})")
    held = Requantized(checkpoint, scheme, model, limits.dtype)
    file = write_voxtral_program(model, vocabulary, held.get, program, say)
    memory = plan_voxtral(model, vocabulary, program.stat().st_size)
    say(f"memory: {memory.summary(limits.context)}")
    record = verify(recipe, config, model, speech["tokens"], folder, say, file.forget) if options.verify else {}
    known = known_sources.KNOWN.get(checkpoint.sha256, {})
    described = manifest(
        id=options.id, name=known.get("name", checkpoint.name), family=recipe.FAMILY, role="speech", limits=limits,
        vocabulary=vocabulary, sliding_window=model.window, parameters=count_parameters(model), quantization=held.description,
        tokens={"bos": speech["tokens"]["begin"], "eos": [speech["tokens"]["end"]], "addBos": False}, fim=None, memory=memory,
        licence=known.get("licence") or known_sources.licence_of(checkpoint.licence),
        source={"name": known.get("source", checkpoint.name), "sha256": checkpoint.sha256,
                "revision": known.get("revision") or checkpoint.revision or f"sha256:{checkpoint.sha256[:12]}"},
        verification=record,
    )  # fmt: skip
    write_json(folder / "model.json", described | {"methods": described_methods(model), "speech": speech})
