"""docs/QUANTIZATION.md from measured rows."""

import datetime
import os
import platform
from pathlib import Path

from .measure import FIRST_ROW, SCHEMES, Row

ALLOWED = 0.03
_HEAD = """# What quantization costs

Written by `python -m pteron_export.perplexity` on {date} ({machine}); not edited by hand.

Perplexity on `export/pteron_export/perplexity/text.txt` (Python, TypeScript, C and prose) of the tokens from the {first}th on, each
seeing all before it. *transformers* computes in fp32 with exactly the weights that a program holds, dequantized; *program* is
the program itself, run by Pteron's MLX delegate on the CPU with activations that are not rounded to int8. *Cost* compares
transformers' figures with fp32's.

No unquantized weights of these models could be had where this was measured: the source is their GGUF file, dequantized to fp32
(Gemma 3 270M: Q5_0, Q4_K, Q8_0 and Q6_K; SmolLM2 135M: Q4_1). So every row but `keep` rounds what was rounded before, and
absolute figures are those of the GGUF. `keep` takes the GGUF's own integers. Q4_1 is affine with 4 bits and groups of 32, so `fit`
and GPTQ with that format find SmolLM2's own integers again: there `4` says nothing about unquantized weights, while groups of 64
and NVFP4 do. Without a part named, formats below 6 bits leave
embedding and head at 8 bits, as `--quantize` does. `round` rounds to nearest between each group's extremes, `fit` searches the
scales that make rounding cost least, and without either the errors are made good by GPTQ (`quantization/gptq.py`) on
`quantization/calibration.txt`, which has nothing of the text measured. Groups are 32 where none is named, 64 for 8 bits.
"""


def render(rows: list[Row]) -> str:
    parts = [_HEAD.format(date=datetime.date.today().isoformat(), machine=_machine(), first=f"{FIRST_ROW + 2:,}")]
    for model in dict.fromkeys(row.model for row in rows):
        parts.append(_model(model, [row for row in rows if row.model == model]))
    return "\n".join(parts)


def _model(name: str, rows: list[Row]) -> str:
    exact = next((row.transformers for row in rows if row.scheme == "fp32"), None)
    if exact is None:
        return f"## {name}\n\nfp32 was not measured.\n"
    known = list(SCHEMES) + [row.scheme for row in rows if row.scheme not in SCHEMES]
    rows = sorted(rows, key=lambda row: known.index(row.scheme))
    lines = [
        f"## {name}", "",
        "| `--quantize` | weights, MB | file, MB | transformers | cost | program | against transformers | quantizing, s |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        *(_line(row, exact) for row in rows), "",
    ]  # fmt: skip
    within = [row for row in rows if row.transformers / exact - 1 <= ALLOWED and row.scheme != "keep"]
    smallest = min(within, key=lambda row: row.bytes)
    lines.append(f"The smallest within 3 % of fp32, `keep` aside: `{smallest.scheme}` ({smallest.bytes / 1e6:.0f} MB).")
    if missing := [f"`{scheme}`" for scheme in SCHEMES if scheme not in {row.scheme for row in rows}]:
        lines.append(f"Not measured yet: {', '.join(missing)}.")
    lines.append("")
    return "\n".join(lines)


def _line(row: Row, exact: float) -> str:
    program = against = file = "–"
    if row.program is not None:
        program, against = f"{row.program:.4f}", f"{row.program / row.transformers - 1:+.2%}"
        file = f"{row.file_bytes / 1e6:.1f}"
    cost = f"{row.transformers / exact - 1:+.2%}"
    sizes = f"{row.bytes / 1e6:.1f} | {file}"
    return f"| `{row.scheme}` | {sizes} | {row.transformers:.4f} | {cost} | {program} | {against} | {row.seconds:.0f} |"


def _machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    return f"{os.cpu_count()} cores of {model}, {platform.system()}, load average {os.getloadavg()[2]:.0f}"
