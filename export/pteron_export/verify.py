"""Compares a written program with transformers on a real prompt.

Two references: the program's own weights (dequantized, rounded as stored), which must agree, and the source's weights, whose
difference is what quantization and rounding cost.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from .checkpoints.checkpoint import Checkpoint
from .errors import program_differs
from .memory import give_back
from .models.layers import MAX_LOGIT_ROWS, Limits
from .reference import program_weights, source_weights
from .run_program import Call, Runner, in_slots
from .streamed_reference import Block, StreamedModel, Weights

PROMPT = Path(__file__).with_name("verify_prompt.txt")
MAX_TOKENS, FIRST_CHUNK = 769, 512  # beyond the largest common sliding window; rows measured: 16 of the chunk, then all
MAX_ROWS = MAX_TOKENS - 1 - FIRST_CHUNK + MAX_LOGIT_ROWS
ALLOWED_DIFFERENCE, WARNED_LOSS = 0.01, 0.03


@dataclass(frozen=True)
class Plan:
    """Calls of the program, and the rows (positions in `ids`) whose logits they give."""

    ids: list[int]
    calls: list[Call]
    rows: list[int]


def plan(ids: list[int], limits: Limits) -> Plan:
    """One long chunk of prefill with 16 rows spread over it, then chunks of 16 with every row."""
    ids = ids[: min(MAX_TOKENS, limits.context)]
    count = len(ids) - 1  # the last token is only predicted
    first = min(FIRST_CHUNK, limits.chunk, max(1, count * 2 // 3))
    keep = sorted({round(r) for r in np.linspace(0, first - 1, MAX_LOGIT_ROWS)})
    calls, rows, at = [Call(ids[:first], 0, keep)], list(keep), first
    step = min(MAX_LOGIT_ROWS, limits.chunk)
    while at < count:
        part = ids[at : min(at + step, count)]
        calls.append(Call(part, at, list(range(len(part)))))
        rows += range(at, at + len(part))
        at += len(part)
    return Plan(ids, calls, rows)


def verify(model: nn.Module, checkpoint: Checkpoint, folder: Path, runner: Runner, say, forget=lambda: None) -> dict:
    """The record for model.json. Raises program_invalid where program and transformers disagree. transformers computes layer by
    layer; `forget` gives back the memory that reading the program's weights took."""
    started = time.monotonic()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = tokenizer.encode(PROMPT.read_text(encoding="utf-8"), add_special_tokens=False).ids
    if checkpoint.add_bos and checkpoint.bos is not None:
        ids = [checkpoint.bos, *ids]
    work = plan(ids, model.limits)
    say(f"verifying: the program on {len(work.ids)} tokens of Python ({runner.name})")
    give_back()
    checkpoint.forget()
    program = runner.logits(folder / "model.pte", in_slots(work.calls, model))
    forget()
    say("verifying: transformers with the program's weights")
    ours, same, difference = _rows_of(program, work), Rows(work), _Difference(program)
    _reference(checkpoint, lambda: program_weights(model), forget).logits(work.ids, work.rows, _each(same.add, difference.add))
    del program, difference._program
    give_back()
    record = _compare(ours, same, difference, work) | {"runner": runner.name}
    say("verifying: transformers with the source's weights")
    source = Rows(work)
    _reference(checkpoint, lambda: source_weights(model, checkpoint), checkpoint.forget).logits(work.ids, work.rows, source.add)
    record |= _loss(same, source) | {"seconds": round(time.monotonic() - started, 1)}
    _judge(record, say)
    return record


def _reference(checkpoint: Checkpoint, weights: Weights, forget) -> StreamedModel:
    return StreamedModel(checkpoint.recipe, checkpoint.config, weights, forget)


def _each(*blocks: Block) -> Block:
    return lambda part, logits: [block(part, logits) for block in blocks] and None


class Rows:
    """What is kept of logits [rows, vocabulary]: each row's most probable token, and its cross-entropy of the next token."""

    def __init__(self, work: Plan):
        self._targets = torch.tensor([work.ids[row + 1] for row in work.rows])
        self.best = torch.full((len(work.rows),), -1)
        self._entropy = torch.full((len(work.rows),), torch.nan)

    def add(self, part: slice, logits: torch.Tensor) -> None:
        self.best[part] = logits.argmax(-1)
        self._entropy[part] = torch.nn.functional.cross_entropy(logits, self._targets[part], reduction="none")

    @property
    def perplexity(self) -> float:
        return float(self._entropy.mean().exp())


def _rows_of(program: np.ndarray, work: Plan) -> Rows:
    rows = Rows(work)
    for start in range(0, len(work.rows), MAX_LOGIT_ROWS):
        part = slice(start, min(start + MAX_LOGIT_ROWS, len(work.rows)))
        rows.add(part, torch.from_numpy(program[part]))
    return rows


class _Difference:
    """Between a program's logits and the reference's."""

    def __init__(self, program: np.ndarray):
        self._program, self.largest, self._means = program, 0.0, []

    def add(self, part: slice, logits: torch.Tensor) -> None:
        difference = (torch.from_numpy(self._program[part]) - logits).abs()
        self.largest = max(self.largest, float(difference.max()))
        self._means += difference.mean(-1).tolist()

    @property
    def mean(self) -> float:
        return sum(self._means) / len(self._means)


def _compare(ours: Rows, theirs: Rows, difference: _Difference, work: Plan) -> dict:
    return {
        "prompt": PROMPT.name,
        "promptTokens": len(work.ids),
        "rows": len(work.rows),
        "argmaxAgreement": _agreement(ours, theirs),
        "maxLogitDifference": round(difference.largest, 5),
        "meanLogitDifference": round(difference.mean, 6),
        "perplexity": round(ours.perplexity, 4),
        "transformersPerplexity": round(theirs.perplexity, 4),
        "perplexityDifference": round(ours.perplexity / theirs.perplexity - 1, 5),
    }


def _loss(same: Rows, source: Rows) -> dict:
    return {
        "sourcePerplexity": round(source.perplexity, 4),
        "lossAgainstSource": round(same.perplexity / source.perplexity - 1, 5),
        "sourceArgmaxAgreement": _agreement(same, source),
    }


def _agreement(a: Rows, b: Rows) -> float:
    return round(float((a.best == b.best).float().mean()), 4)


def _judge(record: dict, say) -> None:
    say(
        f"verified: perplexity {record['perplexity']} (transformers {record['transformersPerplexity']}, source's weights "
        f"{record['sourcePerplexity']}), same most probable token in {record['argmaxAgreement']:.1%} of rows"
    )
    difference = record["perplexityDifference"]
    if not abs(difference) <= ALLOWED_DIFFERENCE:  # NaN fails too
        raise program_differs(
            f"The program's perplexity differs from transformers' by {difference:+.2%} on the same weights (allowed: 1 %)."
        )
    if record["lossAgainstSource"] > WARNED_LOSS:
        say(
            f"warning: quantization costs {record['lossAgainstSource']:.1%} of perplexity against the source's weights; "
            "prefer --quantize 8 or keep"
        )
