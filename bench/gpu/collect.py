"""One model's rounds for the report: speeds, what weights a token reads, and how many first tokens agree, as JSON lines.

Usage: python collect.py MODEL LAYOUT.json RUNS.jsonl …
"""

import json
import sys

model, layout_path, *paths = sys.argv[1:]
layout = json.load(open(layout_path))
config = layout["config"]


def share(name: str) -> float:
    """Of a constant, what a decoded token reads: its own experts, one row of an embedding that is not the head too."""
    if ".experts." in name:
        return config["num_experts_per_tok"] / config["num_experts"]
    if "embed_tokens" in name and not config["tie_word_embeddings"]:
        return 1 / config["vocab_size"]
    return 1.0


read = round(sum(place["bytes"] * share(key) for key, place in layout["constants"].items()))
for path in paths:
    for line in open(path):
        run = json.loads(line)
        for each in run["rounds"]:
            speeds = {key: each[key] for key in ("prefill", "decode", "tokens")}
            print(json.dumps({"model": model, "engine": run["engine"], "weightBytes": read} | speeds))
