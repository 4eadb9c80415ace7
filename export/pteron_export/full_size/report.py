"""docs/FULL_SIZE.md from the records of all runs so far, which lie beside it as JSON."""

import json
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
RECORDS, REPORT = _ROOT / "docs/full-size.json", _ROOT / "docs/FULL_SIZE.md"

_HEAD = """# Full-size models

Written by `python -m pteron_export.full_size`; do not edit. Each model has its published configuration, {context} tokens of
context and random weights, so that its speed and its memory are the real model's and its text is not. It is exported by
the streaming writer, loaded by the engine's addon, prefilled with one chunk of 512 tokens (Voxtral Realtime 64, Whisper 224 of its 448) and asked for 8 more; a model
that hears hears first as much as it does at once, and "Hears" says how many times as long that sound is (Voxtral Realtime writes 12.5 tokens
a second of sound beside it). The run fails where a logit is not finite or the logits are all alike. "Memory" is what the process grew by at its peak, "plan" what
model.json would say of the same position: weights, state written so far, and work area. `4` keeps embedding, head
and what Voxtral hears with at 8 bits. Parakeet at its full size is in PARAKEET.md.

| Model | Parameters | Weights | File | Load | Prefill | Decode | Hears | Memory | Plan | KV a token | Export: time, peak memory | Date |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def add(record: dict) -> None:
    records = json.loads(RECORDS.read_text()) if RECORDS.exists() else {}
    records[f"{record['id']} {record['scheme']}"] = record
    RECORDS.write_text(json.dumps(records, indent=1) + "\n")
    REPORT.write_text(render(list(records.values())))


def render(records: list[dict]) -> str:
    rows = sorted(records, key=lambda r: (r["parameters"], r["scheme"]))
    machines = sorted({r["machine"] for r in rows})
    contexts = sorted({r["context"] for r in rows})
    foot = "\n".join(f"- {machine}" for machine in machines)
    return _HEAD.format(context=" or ".join(f"{c:,}" for c in contexts)) + "".join(map(_row, rows)) + f"\nMeasured on:\n\n{foot}\n"


def _row(r: dict) -> str:
    gb = lambda size: f"{size / 1e9:.2f} GB"  # noqa: E731
    cells = (
        f"{r['id']} ({r['repository']})", f"{r['parameters'] / 1e9:.2f} B", r["scheme"], gb(r["bytes"]), f"{r['loadSeconds']:.1f} s",
        f"{r['prefillTokensPerSecond']:.1f} t/s", f"{r['decodeTokensPerSecond']:.1f} t/s",
        f"{r['hearsTimesRealTime']:.1f} ×" if "hearsTimesRealTime" in r else "", gb(r["peakBytes"]), gb(r["plannedBytes"]),
        f"{r['stateBytesPerToken'] / 1e3:.1f} kB", f"{r['exportSeconds']:.0f} s, {gb(r['exportPeakBytes'])}", r["date"],
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |\n"
