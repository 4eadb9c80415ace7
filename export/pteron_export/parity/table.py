"""docs/PARITY.md from measured rows."""

import importlib.metadata
import platform

from .measure import HALF_FACTOR, PROMPT, STEPS, TOLERANCE, Row

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


def render(rows: list[Row]) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("transformers", "torch", "executorch"))
    failed = sum(not row.passed for row in rows)
    families = list(dict.fromkeys(row.family for row in rows))
    lines = [_HEAD + f"{len(rows) - failed} of {len(rows)} rows pass ({platform.system()} {platform.machine()}, {versions}).", ""]
    lines += ["| Family | Class | Special cases switched on |", "|---|---|---|"]
    lines += [f"| {family.name} | `{family.architecture}` | {family.special} |" for family in families]
    lines += ["", "| Family | Quantization | Tokens | Difference | Allowed | |", "|---|---|--:|--:|--:|---|"]
    return "\n".join([*lines, *(_line(row) for row in rows)]) + "\n"


def _line(row: Row) -> str:
    verdict = "passes" if row.passed else f"**fails** {row.failure}".rstrip()
    return (
        f"| {row.family.name} | {row.quantization} | {row.equal}/{STEPS} | {row.difference:.1e} | {row.allowed:.1e} | {verdict} |"
    )
