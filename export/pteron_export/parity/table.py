"""docs/PARITY.md from measured rows: language models, then models that hear."""

import importlib.metadata
import platform
from pathlib import Path

from ..errors import ExportError
from .hearing.measure import HearingRow
from .hearing.subject import GROUP
from .measure import HALF_FACTOR, PROMPT, STEPS, TOLERANCE, Compared, Row

_HEAD = f"""\
# Parity with transformers

Written by `python -m pteron_export.parity` (CONTRIBUTING.md says how to run it), never by hand.

Each row is a tiny model of the family's true architecture with random weights that make attention far from uniform. It is exported,
run by `pteron run` (prefill of {PROMPT} tokens in chunks, then token by token) and compared with transformers on the weights that the
program holds, dequantized, in fp32:

- **tokens**: how many of {STEPS} greedy tokens are transformers'. In fp32 and around quantized weights all must be.
- **difference**: the largest difference of any logit of the {PROMPT + STEPS - 1} rows. In fp32 and around quantized weights it may be
  {TOLERANCE:g}; in bf16 and fp16 {HALF_FACTOR:g} times what transformers itself loses by computing in that type. Logits are of the
  order of 1 to 10.
- Quantized rows have fp32 activations. `2`, `4` and `8` are affine bits, as `--quantize` names them.

"""


_HEARING = "## Models that hear\n"
_HEARING_HEAD = f"""{_HEARING}
Tiny models as above, of which each method is run by `pteron run`: the whole sound is heard, then tokens that are given are written, each
with those before it in the cache (Parakeet: 24 steps of greedy decoding as transformers takes them, at each of the frames that a step looks at).

- **rows**: in how many rows of logits the likeliest column is transformers'. In fp32 and around quantized weights all must be.
- **heard**: the largest difference of what the encoder hands over (Whisper's cross-attention keys and values); **logits**: of a logit. What may be
  is the same. Quantized groups are of {{group}} weights, as tiny models are no wider. Whole texts and times are compared in `test/native`.

"""


def kept_half(out: Path, only: str) -> str:
    """What of the page is not measured anew with --only text or speech."""
    first, found, behind = out.read_text(encoding="utf-8").partition(_HEARING) if out.exists() else ("", "", "")
    kept = first.rstrip("\n") + "\n" if only == "speech" else found + behind
    if not kept.strip():
        raise ExportError("invalid_argument", f"{out} has no other half to keep.", "Leave out --only.")
    return kept


def render(rows: list[Row]) -> str:
    lines = [_HEAD + _verdict(rows), "", *_families(rows)]
    lines += ["", "| Family | Quantization | Tokens | Difference | Allowed | |", "|---|---|--:|--:|--:|---|"]
    return "\n".join([*lines, *(_line(row) for row in rows)]) + "\n"


def render_hearing(rows: list[HearingRow]) -> str:
    lines = [_HEARING_HEAD.format(group=GROUP) + _verdict(rows), "", *_families(rows)]
    lines += ["", "| Family | Quantization | Rows | Heard | Allowed | Logits | Allowed | |", "|---|---|--:|--:|--:|--:|--:|---|"]
    return "\n".join([*lines, *(_hearing_line(row) for row in rows)]) + "\n"


def _verdict(rows: list[Compared]) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("transformers", "torch", "executorch"))
    passed = sum(row.passed for row in rows)
    return f"{passed} of {len(rows)} rows pass ({platform.system()} {platform.machine()}, {versions})."


def _families(rows: list[Compared]) -> list[str]:
    families = dict.fromkeys(row.family for row in rows)
    lines = [f"| {family.name} | `{family.architecture}` | {family.special} |" for family in families]
    return ["| Family | Class | Special cases switched on |", "|---|---|---|", *lines]


def _line(row: Row) -> str:
    return (
        f"| {row.family.name} | {row.quantization} | {row.equal}/{STEPS} | {row.difference:.1e} | {row.allowed:.1e} | {_ends(row)} |"
    )


def _hearing_line(row: HearingRow) -> str:
    return (
        f"| {row.family.name} | {row.quantization} | {row.equal}/{row.rows} | {row.heard:.1e} | {row.heard_allowed:.1e} "
        f"| {row.difference:.1e} | {row.allowed:.1e} | {_ends(row)} |"
    )


def _ends(row: Compared) -> str:
    return "passes" if row.passed else f"**fails** {row.failure}".rstrip()
