"""Compares a written program with transformers on a real prompt.

Two references: the program's own weights (dequantized, rounded as stored), which must agree, and the source's weights, whose
difference is what quantization and rounding cost.
"""

import gc
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from .checkpoints.checkpoint import Checkpoint
from .errors import ExportError
from .models.layers import MAX_LOGIT_ROWS, Limits
from .reference import program_weights, source_weights, transformers_model
from .run_program import Call, Runner, in_slots

PROMPT = Path(__file__).with_name("verify_prompt.txt")
MAX_TOKENS, FIRST_CHUNK = 769, 512  # beyond the largest common sliding window; rows measured: 16 of the chunk, then all
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


def verify(model: nn.Module, checkpoint: Checkpoint, folder: Path, runner: Runner, say) -> dict:
    """The record for model.json. Raises program_invalid where program and transformers disagree."""
    started = time.monotonic()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = tokenizer.encode(PROMPT.read_text(encoding="utf-8"), add_special_tokens=False).ids
    if checkpoint.add_bos and checkpoint.bos is not None:
        ids = [checkpoint.bos, *ids]
    work = plan(ids, model.limits)
    say(f"verifying: the program on {len(work.ids)} tokens of Python ({runner.name})")
    program = runner.logits(folder / "model.pte", in_slots(work.calls, model))
    say("verifying: transformers with the program's weights")
    same = _reference_logits(checkpoint, program_weights(model), work)
    record = _compare(program, same, work) | {"runner": runner.name}
    say("verifying: transformers with the source's weights")
    source = _reference_logits(checkpoint, source_weights(model, checkpoint), work)
    record |= _loss(same, source, work) | {"seconds": round(time.monotonic() - started, 1)}
    _judge(record, say)
    return record


def _reference_logits(checkpoint: Checkpoint, weights, work: Plan) -> np.ndarray:
    model = transformers_model(checkpoint.recipe, checkpoint.config, weights)
    with torch.no_grad():
        out = model(torch.tensor([work.ids]), use_cache=False, logits_to_keep=torch.tensor(work.rows)).logits[0]
    del model
    gc.collect()
    return out.float().numpy()


def _perplexity(logits: np.ndarray, work: Plan) -> float:
    """exp of the mean cross-entropy of the next token over the plan's rows."""
    targets = torch.tensor([work.ids[row + 1] for row in work.rows])
    total = torch.zeros(())
    for part, wanted in zip(np.array_split(logits, 8), torch.tensor_split(targets, 8), strict=True):
        total += torch.nn.functional.cross_entropy(torch.from_numpy(part), wanted, reduction="sum")
    return float(torch.exp(total / len(work.rows)))


def _compare(program: np.ndarray, reference: np.ndarray, work: Plan) -> dict:
    difference = [np.abs(p - r) for p, r in zip(program, reference, strict=True)]
    ours, theirs = _perplexity(program, work), _perplexity(reference, work)
    return {
        "prompt": PROMPT.name,
        "promptTokens": len(work.ids),
        "rows": len(work.rows),
        "argmaxAgreement": round(float((program.argmax(-1) == reference.argmax(-1)).mean()), 4),
        "maxLogitDifference": round(float(max(d.max() for d in difference)), 5),
        "meanLogitDifference": round(float(np.mean([d.mean() for d in difference])), 6),
        "perplexity": round(ours, 4),
        "transformersPerplexity": round(theirs, 4),
        "perplexityDifference": round(ours / theirs - 1, 5),
    }


def _loss(same: np.ndarray, source: np.ndarray, work: Plan) -> dict:
    theirs = _perplexity(source, work)
    return {
        "sourcePerplexity": round(theirs, 4),
        "lossAgainstSource": round(_perplexity(same, work) / theirs - 1, 5),
        "sourceArgmaxAgreement": round(float((same.argmax(-1) == source.argmax(-1)).mean()), 4),
    }


def _judge(record: dict, say) -> None:
    say(
        f"verified: perplexity {record['perplexity']} (transformers {record['transformersPerplexity']}, source's weights "
        f"{record['sourcePerplexity']}), same most probable token in {record['argmaxAgreement']:.1%} of rows"
    )
    difference = record["perplexityDifference"]
    if not abs(difference) <= ALLOWED_DIFFERENCE:  # NaN fails too
        raise ExportError(
            "program_invalid",
            f"The program's perplexity differs from transformers' by {difference:+.2%} on the same weights (allowed: 1 %).",
            "Nothing was installed. This is a defect of the recipe or of the delegate: report it with this message.",
        )
    if record["lossAgainstSource"] > WARNED_LOSS:
        say(
            f"warning: quantization costs {record['lossAgainstSource']:.1%} of perplexity against the source's weights; "
            "prefer --quantize 8 or keep"
        )
