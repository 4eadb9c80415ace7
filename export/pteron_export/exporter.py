"""A checkpoint → a verified model folder, whole or not at all."""

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from . import known_sources, models
from .atomic_folder import replacing
from .checkpoints import open_checkpoint
from .checkpoints.checkpoint import Checkpoint
from .checkpoints.tokenizer_files import fim_of, mark_controls, read_special_tokens, stop_ids
from .checkpoints.tokenizer_fit import require_fit
from .context import bits_of, default_context, machine_memory
from .errors import ExportError
from .hub.download import Count
from .inspect import node_counts
from .lowering import write_program
from .manifest import manifest, write_json
from .memory import give_back
from .memory_plan import plan_memory
from .models.layers import Limits
from .needs import Needs, plan_file, plan_folder
from .parakeet.write import write_parakeet
from .quantization.requantized import Requantized, resolve
from .quantization.scheme import DTYPES, Scheme, parse_scheme
from .reference import weight_names
from .run_program import choose_runner
from .sources import Source, find_source
from .speech import write_speech
from .vad import export_vad, is_vad_source
from .verify import verify
from .voxtral import write_voxtral

_SPEECH_WRITERS = {
    "whisper": write_speech, "parakeet": write_parakeet, "voxtral": write_voxtral, "voxtral_realtime": write_voxtral,
}  # fmt: skip


@dataclass(frozen=True)
class Options:
    source: str | Path
    """A folder with safetensors, a GGUF file, or a repository of the Hub (hub/name.py)."""
    id: str
    out: Path
    role: str | None = None
    """completion, chat or speech; None = speech for a recognizer, else chat where there is a chat template."""
    quantize: str | None = None
    """A scheme of quantization/scheme.py; None = auto."""
    group: int | None = None
    dtype: str | None = None
    """bf16, fp16 or fp32; None = the scheme's, else bf16."""
    context: int | None = None
    """Tokens; None = as default_context says."""
    chunk: int = 512
    kv: str | None = None
    """One of KV_TYPES; None = `dtype`."""
    sha256: str | None = None
    verify: bool = True


def export(options: Options, say: Callable[[str], None]) -> Path:
    """Writes the model folder `options.out` and returns it. What stood there before is replaced only once all is done.
    `say` may have a method count(what, bytes, of bytes) for what takes long."""
    scheme, dtype = _checked(options)
    source = find_source(str(options.source), _counter(say))
    say(f"reading {source.repository or source.path.name}")
    if is_vad_source(source.path):
        return export_vad(options, source.path, say)
    if source.is_language_folder:
        _say_needs(plan_folder(source, scheme, dtype), options, say)
    checkpoint = _described(open_checkpoint(source.fetch()), source)
    if options.sha256 and options.sha256 != checkpoint.sha256:
        raise ExportError(
            "program_invalid", f"{source.path.name} has SHA-256 {checkpoint.sha256}, not {options.sha256}.",
            "The file is damaged or another one: download it again.",
        )  # fmt: skip
    _require_role(options, checkpoint)
    if source.is_file:
        _say_needs(plan_file(source, checkpoint, scheme, dtype), options, say)
    with replacing(options.out) as folder:
        _write(options, checkpoint, scheme, dtype, folder, say)
    return options.out


def plan(options: Options, say: Callable[[str], None]) -> dict:
    """What `export` would do and need. Of a repository the small files are fetched, of a GGUF file all of it."""
    scheme, dtype = _checked(options)
    source = find_source(str(options.source), _counter(say))
    named = {"source": source.repository or str(source.path)}
    if is_vad_source(source.path):
        return named | {"downloadBytes": 0, "folder": str(options.out)}
    if source.is_file:
        return named | plan_file(source, open_checkpoint(source.fetch()), scheme, dtype).record(options.out)
    if source.is_language_folder:
        return named | plan_folder(source, scheme, dtype).record(options.out)
    return named | {"downloadBytes": source.missing_bytes, "folder": str(options.out)}


def _checked(options: Options) -> tuple[Scheme, torch.dtype]:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", options.id):
        raise ExportError("invalid_argument", f"'{options.id}' is no model id.", "Use a-z, 0-9, dot, hyphen and underscore.")
    scheme = parse_scheme(options.quantize, options.group)
    return scheme, _dtype_of(options, scheme)


def _counter(say) -> Count:
    return getattr(say, "count", lambda *_: None)


def _say_needs(needs: Needs, options: Options, say: Callable[[str], None]) -> None:
    say(f"needs {needs} in {options.out.parent}")
    needs.require(options.out)


def _described(checkpoint: Checkpoint, source: Source) -> Checkpoint:
    """With what the Hub says of it."""
    if source.repository is None:
        return checkpoint
    known = source.licence not in (None, "unknown")
    return replace(
        checkpoint, name=source.repository, revision=source.commit, licence=source.licence if known else checkpoint.licence
    )


def _dtype_of(options: Options, scheme: Scheme) -> torch.dtype:
    if options.dtype and scheme.dtype and options.dtype != scheme.dtype:
        raise ExportError(
            "invalid_argument", f"--quantize {scheme.dtype} and --dtype {options.dtype} contradict each other.",
            "Leave out --dtype, or choose --quantize none.",
        )  # fmt: skip
    return DTYPES[options.dtype or scheme.dtype or "bf16"]


def _write(
    options: Options, checkpoint: Checkpoint, scheme: Scheme, dtype: torch.dtype, folder: Path, say: Callable[[str], None]
) -> None:
    limits = _limits(options, checkpoint, scheme, dtype)
    checkpoint.write_tokenizer(folder)
    if _is_speech(checkpoint):
        write = _SPEECH_WRITERS[checkpoint.recipe.FAMILY]
        return write(options, checkpoint, folder, limits, scheme, say)
    mark_controls(folder / "tokenizer.json")
    markers = [id for id in (checkpoint.bos, *checkpoint.eos) if id is not None]
    require_fit(folder / "tokenizer.json", checkpoint.config["vocab_size"], markers)
    give_back()
    role = _role_of(options, folder)
    say(f"loading weights ({checkpoint.quantization}, --quantize {options.quantize or 'auto'})")
    checkpoint.config, remarks = models.settle(checkpoint.recipe, checkpoint.config, limits)
    for remark in remarks:
        say(f"warning: {remark}")
    model = checkpoint.recipe.build(checkpoint.config, limits)
    held = Requantized(checkpoint, scheme, model, dtype)
    held.calibrate(folder / "tokenizer.json", say)
    vocabulary = checkpoint.config["vocab_size"]
    program = write_program(model, limits, vocabulary, held.get, folder / "model.pte", say)
    memory = plan_memory(model, limits, vocabulary, (folder / "model.pte").stat().st_size)
    say(f"memory: {memory.summary(limits.context)}")
    special = read_special_tokens(folder / "tokenizer.json")
    record = verify(model, checkpoint, folder, choose_runner(model), say, program.forget) if options.verify else {}
    known = known_sources.KNOWN.get(checkpoint.sha256, {})
    record |= {"nodes": node_counts(folder / "model.pte")} | ({"notes": checkpoint.notes} if checkpoint.notes else {})
    write_json(
        folder / "model.json",
        manifest(
            id=options.id, name=known.get("name", checkpoint.name), family=checkpoint.recipe.FAMILY, role=role,
            limits=limits, vocabulary=vocabulary, sliding_window=model.window, memory=memory,
            parameters=count_parameters(model), quantization=held.description,
            tokens={"bos": checkpoint.bos, "eos": stop_ids(special, checkpoint.eos), "addBos": checkpoint.add_bos},
            fim=fim_of(special), sampling=checkpoint.sampling,
            licence=known.get("licence") or known_sources.licence_of(checkpoint.licence),
            source={"name": known.get("source", checkpoint.name), "sha256": checkpoint.sha256,
                    "revision": known.get("revision") or checkpoint.revision or f"sha256:{checkpoint.sha256[:12]}"},
            verification=record,
        ),
    )  # fmt: skip


def _limits(options: Options, checkpoint: Checkpoint, scheme: Scheme, dtype: torch.dtype) -> Limits:
    recipe, config, trained = checkpoint.recipe, checkpoint.config, checkpoint.trained_context
    chunk = min(options.chunk, getattr(recipe, "CHUNK", options.chunk))
    limits = Limits(min(options.context or trained, trained), chunk, dtype, options.kv)
    if not options.context and getattr(recipe, "CONTEXT_BY_MEMORY", not _is_speech(checkpoint)):
        build = lambda limits: recipe.build(models.settle(recipe, config, limits)[0], limits)  # noqa: E731
        bits = lambda count: bits_of(resolve(scheme, count, checkpoint.quantization != "none").base, dtype)  # noqa: E731
        limits = replace(limits, context=default_context(build, trained, limits, bits, machine_memory()))
    return replace(limits, chunk=min(chunk, limits.context))


def _role_of(options: Options, folder: Path) -> str:
    has_template = (folder / "chat_template.jinja").exists()
    if options.role == "chat" and not has_template:
        raise ExportError("template_invalid", "The checkpoint has no chat template.", "Export it with --role completion.")
    return options.role or ("chat" if has_template else "completion")


def _is_speech(checkpoint: Checkpoint) -> bool:
    return getattr(checkpoint.recipe, "ROLE", None) == "speech"


def _require_role(options: Options, checkpoint: Checkpoint) -> None:
    if options.role is not None and (options.role == "speech") != _is_speech(checkpoint):
        fitting = "speech" if _is_speech(checkpoint) else "completion or chat"
        raise ExportError(
            "invalid_argument", f"A {checkpoint.recipe.FAMILY} model cannot have the role {options.role}.",
            f"Use --role {fitting}.",
        )  # fmt: skip


def count_parameters(model: torch.nn.Module) -> int:
    total = 0
    for name, module in weight_names(model):
        packed = getattr(module, "packed", None) if name.endswith(".weight") else None
        total += math.prod(packed.shape) if packed is not None else getattr(module, name.rpartition(".")[2]).numel()
    return total


def default_out(id: str) -> Path:
    """The model's place in the store ($PTERON_HOME, or the platform's usual place)."""
    import sys

    base = "Library/Application Support/pteron" if sys.platform == "darwin" else ".local/share/pteron"
    return Path(os.environ.get("PTERON_HOME") or Path.home() / base) / "models" / id
