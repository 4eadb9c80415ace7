"""One model's rounds for the report: speeds, what weights a token reads, and how many first tokens agree, as JSON lines.

Usage: python collect.py MODEL LAYOUT.json RUNS.jsonl …
"""

import json
import sys

model, layout_path, *paths = sys.argv[1:]
constants = json.load(open(layout_path))["constants"]
read = sum(place["bytes"] for place in constants.values())  # the head is the embedding: all of it is read for a token
for path in paths:
    for line in open(path):
        run = json.loads(line)
        for each in run["rounds"]:
            speeds = {key: each[key] for key in ("prefill", "decode", "tokens")}
            print(json.dumps({"model": model, "engine": run["engine"], "weightBytes": read} | speeds))
