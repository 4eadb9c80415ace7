"""mlx-lm on the very weights of a filled program: prefill and decode, as JSON on stdout.

Only mlx_lm's models and its generate_step are used; what it imports for tokenizers and downloads is replaced by empty modules,
because the machine has no network.

Usage: python peer.py PROGRAM.pte LAYOUT.json PROMPT-TOKENS GENERATED-TOKENS ROUNDS
"""

import importlib
import importlib.abc
import importlib.machinery
import json
import sys
import time
import types
from unittest.mock import MagicMock

import numpy as np

class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports of these packages, and of anything in them, give empty objects."""

    NAMES = {"transformers", "huggingface_hub", "jinja2", "sentencepiece", "tokenizers", "yaml", "google"}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.NAMES:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = MagicMock()
        module.__path__, module.__spec__ = [], spec
        return module

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Absent())
package = types.ModuleType("mlx_lm")
package.__path__ = [f"{path}/mlx_lm" for path in sys.path]
sys.modules["mlx_lm"] = package

import mlx.core as mx  # noqa: E402
import mlx.nn as nn  # noqa: E402


def array(memory: np.memmap, place: dict, dtype: str, shape: tuple) -> mx.array:
    raw = memory[place["offset"] : place["offset"] + place["bytes"]]
    if dtype == "u32":
        return mx.array(raw.view(np.uint32).reshape(shape))
    return mx.array(raw.view(np.uint16).reshape(shape)).view(mx.bfloat16)


def load(program: str, layout: dict):
    config = layout["config"]
    module = importlib.import_module("mlx_lm.models." + {"gemma3_text": "gemma3_text", "qwen3": "qwen3"}[config["model_type"]])
    model = module.Model(module.ModelArgs.from_dict(config))
    model.sanitize({})  # ties the head to the embedding where the checkpoint has none of its own
    nn.quantize(model, group_size=layout["group"], bits=layout["bits"])
    memory = np.memmap(program, np.uint8, "r")
    places = {key.split("/", 1)[-1]: place for key, place in layout["constants"].items()}
    weights = []
    for name, parameter in nn.utils.tree_flatten(model.parameters()):
        ours = name.removeprefix("model.")
        if ours.endswith((".scales", ".biases")):
            weights.append((name, array(memory, places[ours], "bf16", parameter.shape)))
        elif parameter.dtype == mx.uint32:
            weights.append((name, array(memory, places[ours.removesuffix("weight") + "words_u32"], "u32", parameter.shape)))
        else:  # norms: ones, which Gemma stores as w - 1
            fill = mx.zeros if config["model_type"] == "gemma3_text" else mx.ones
            weights.append((name, fill(parameter.shape, mx.bfloat16)))
    model.load_weights(weights, strict=False)
    mx.eval(model.parameters())
    return model


def measure(model, generate_step, prompt: list[int], count: int) -> dict:
    started, first, tokens = time.perf_counter(), None, []
    for token, _ in generate_step(mx.array(prompt), model, max_tokens=count, prefill_step_size=512):
        first = first or time.perf_counter()
        tokens.append(int(token))
    return {
        "prefill": len(prompt) / (first - started),
        "decode": (len(tokens) - 1) / (time.perf_counter() - first),
        "tokens": tokens,
    }


def main(program: str, layout_path: str, prompt: str, count: str, rounds: str) -> None:
    layout = json.load(open(layout_path))
    model = load(program, layout)
    generate_step = importlib.import_module("mlx_lm.generate").generate_step
    ids = [(i * 7919 + 13) % layout["config"]["vocab_size"] for i in range(int(prompt))]
    measure(model, generate_step, ids, 16)
    results = [measure(model, generate_step, ids, int(count)) for _ in range(int(rounds))]
    print(json.dumps({"engine": "mlx-lm", "rounds": results, "peakBytes": mx.get_peak_memory(), "version": mx.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
