"""model.json, as src/engine/models/manifest.ts validates it."""

import json
from pathlib import Path

import torch

from .memory_plan import MemoryPlan
from .models.layers import MAX_LOGIT_ROWS, Limits

SCHEMA_VERSION = 1
KV_NAMES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32", "8": "int8", "4": "int4"}
DTYPE_NAMES = {torch.float32: "float32", torch.bfloat16: "bfloat16", torch.float16: "float16"}


def manifest(
    *, id: str, name: str, family: str, role: str, limits: Limits, vocabulary: int, sliding_window: int | None,
    parameters: int, quantization: str, tokens: dict, fim: dict | None, licence: dict, source: dict,
    memory: MemoryPlan | None = None, sampling: dict | None = None, verification: dict | None = None,
) -> dict:  # fmt: skip
    record = {
        "schemaVersion": SCHEMA_VERSION,
        "id": id,
        "name": name,
        "family": family,
        "role": role,
        "backend": "mlx",
        "program": "model.pte",
        "contextLength": limits.context,
        "prefillChunk": limits.chunk,
        "maxLogitRows": MAX_LOGIT_ROWS,
        "vocabularySize": vocabulary,
        "slidingWindow": sliding_window,
        "parameters": parameters,
        "dtype": DTYPE_NAMES[limits.dtype],
        "quantization": quantization,
        "kvCache": KV_NAMES.get(limits.kv, DTYPE_NAMES[limits.dtype]),
        "methods": {"forward": {"inputs": ["tokens", "position", "keep"], "outputs": ["logits"]}},
        "tokens": tokens,
        "fim": fim,
        "sampling": sampling or {},
        "licence": licence,
        "source": source,
    }
    record |= {"memory": memory.record()} if memory else {}
    return record | ({"verification": verification} if verification else {})


def write_json(path: Path, record: dict) -> None:
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
