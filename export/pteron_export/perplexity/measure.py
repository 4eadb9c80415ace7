"""Perplexity on a fixed text, of programs and of transformers with the same weights."""

import gc
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from .. import known_sources
from ..checkpoints import open_checkpoint
from ..checkpoints.checkpoint import Checkpoint
from ..errors import ExportError
from ..lowering import write_program
from ..models.layers import MAX_LOGIT_ROWS, Limits
from ..quantization.requantized import Requantized
from ..quantization.scheme import DTYPES, parse_scheme
from ..reference import program_weights, transformers_model
from ..run_program import Call, delegate_runner, is_state
from ..weights import load_weights

TEXT = Path(__file__).with_name("text.txt")
CONTEXT, CHUNK = 2048, 512
LEAST_ROWS = 256
FIRST_ROW = 1024  # what precedes is context only, so that every token measured has seen at least as many
PROGRAMS = ("bf16", "keep", "8", "4", "2", "nvfp4")
"""Also written as programs and run by the delegate."""
SCHEMES = (
    "fp32", "bf16", "fp16", "keep", "8", "6", "4:g64:round", "4:g32:round", "4:g32:fit", "4:g64", "4", "4,embedding=4",
    "nvfp4:round", "nvfp4", "2:g32:round", "2",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One quantization of one model. Bytes are of the weights; perplexities of transformers and of the program, if it was made."""

    model: str
    scheme: str
    bytes: int
    transformers: float
    program: float | None
    file_bytes: int | None
    seconds: float
    """What quantizing took."""


class Measured:
    """A model's source, its weights dequantized once, and the text as its tokens."""

    def __init__(self, source: Path, scratch: Path):
        self.checkpoint = open_checkpoint(source)
        self.name = known_sources.KNOWN.get(self.checkpoint.sha256, {}).get("name", self.checkpoint.name)
        self.folder = scratch / source.stem
        self.folder.mkdir()
        self.checkpoint.write_tokenizer(self.folder)
        ids = Tokenizer.from_file(str(self.tokenizer)).encode(TEXT.read_text(encoding="utf-8"), add_special_tokens=False).ids
        first = [self.checkpoint.bos] if self.checkpoint.add_bos and self.checkpoint.bos is not None else []
        self.ids = (first + ids)[:CONTEXT]
        if len(self.ids) < FIRST_ROW + LEAST_ROWS:
            raise ExportError("internal", f"{TEXT.name} has {len(self.ids)} tokens only.")
        self.rows = list(range(FIRST_ROW, len(self.ids) - 1))
        self._dense: dict[str, torch.Tensor] = {}

    @property
    def tokenizer(self) -> Path:
        return self.folder / "tokenizer.json"

    def as_dense(self) -> Checkpoint:
        """The source as if nothing had ever been quantized."""

        def get(name: str) -> torch.Tensor | None:
            if name not in self._dense:
                if self.checkpoint.get(name) is None:
                    return None
                self._dense[name] = self.checkpoint.get_exact(name)
            return self._dense[name]

        return replace(self.checkpoint, get=get, get_exact=get, quantization="none")

    def perplexity(self, logits: np.ndarray) -> float:
        """exp of the mean cross-entropy of the tokens that follow `rows`."""
        total = 0.0
        for start in range(0, len(self.rows), 64):
            part = self.rows[start : start + 64]
            targets = torch.tensor([self.ids[row + 1] for row in part])
            values = torch.from_numpy(logits[start : start + 64])
            total += float(torch.nn.functional.cross_entropy(values, targets, reduction="sum"))
        return float(np.exp(total / len(self.rows)))

    def calls(self) -> list[Call]:
        """The context in chunks, then the rows measured in as many as one call gives."""
        calls = [Call(self.ids[at : at + CHUNK], at, [0]) for at in range(0, FIRST_ROW, CHUNK)]
        for at in range(FIRST_ROW, len(self.ids) - 1, MAX_LOGIT_ROWS):
            part = self.ids[at : min(at + MAX_LOGIT_ROWS, len(self.ids) - 1)]
            calls.append(Call(part, at, list(range(len(part)))))
        return calls


def measure(measured: Measured, scheme_text: str, as_program: bool, say) -> Row:
    scheme = parse_scheme(scheme_text)
    dtype = DTYPES[scheme.dtype or "bf16"]
    checkpoint = measured.checkpoint if scheme.base.format == "keep" else measured.as_dense()
    model = checkpoint.recipe.build(checkpoint.config, Limits(CONTEXT, CHUNK, dtype))
    held = Requantized(checkpoint, scheme, model, dtype)
    get, spent = _timed(held.get)
    started = time.monotonic()
    held.calibrate(measured.tokenizer, say)
    spent[0] += time.monotonic() - started
    program = measured.folder / "model.pte"
    if as_program:
        write_program(model, model.limits, checkpoint.config["vocab_size"], get, program, lambda _: None)
    else:
        load_weights(model, get, dtype)
    ours = None
    if as_program:
        logits = delegate_runner().logits(program, measured.calls())[FIRST_ROW // CHUNK :]
        ours = measured.perplexity(logits)
        del logits
    size = sum(t.nbytes for n, t in (*model.named_parameters(), *model.named_buffers()) if not is_state(n))
    theirs = measured.perplexity(_transformers_logits(measured, checkpoint, model))
    file_bytes = program.stat().st_size if as_program else None
    row = Row(measured.name, scheme_text, size, theirs, ours, file_bytes, spent[0])
    say(f"{row.model} {scheme_text}: transformers {theirs:.4f}, program {ours and round(ours, 4)}, {size >> 20} MiB")
    return row


def _timed(get):
    """(the same function, a list of one number: the seconds spent in it)."""
    spent = [0.0]

    def timed(name: str):
        started = time.monotonic()
        try:
            return get(name)
        finally:
            spent[0] += time.monotonic() - started

    return timed, spent


@torch.no_grad()
def _transformers_logits(measured: Measured, checkpoint: Checkpoint, model) -> np.ndarray:
    hf = transformers_model(checkpoint.recipe, checkpoint.config, program_weights(model))
    out = hf(torch.tensor([measured.ids]), use_cache=False, logits_to_keep=torch.tensor(measured.rows)).logits[0]
    del hf
    gc.collect()
    return out.float().numpy()
