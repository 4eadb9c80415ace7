"""mlx-lm on the very weights of a filled program: prefill and decode, as JSON on stdout.

Only mlx_lm's models and its generate_step are used; what it imports for tokenizers and downloads is replaced by empty modules,
because the machine has no network.

Usage: python peer.py PROGRAM.pte LAYOUT.json PROMPT-TOKENS GENERATED-TOKENS ROUNDS
"""

import importlib
import importlib.abc
import importlib.machinery
import json
import re
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


class Weights:
    """A filled program's constants by our names without `.weight`, as mlx-lm's modules want them."""

    def __init__(self, program: str, layout: dict):
        self._memory, self._config = np.memmap(program, np.uint8, "r"), layout["config"]
        self._places = {key.split("/", 1)[-1]: place for key, place in layout["constants"].items()}

    def get(self, name: str, parameter: mx.array) -> mx.array:
        """name: mlx-lm's, e.g. `layers.0.mlp.switch_mlp.up_proj.scales`."""
        if ".switch_mlp." in name and not name.split(".")[-2].startswith("down"):
            ours = re.sub(r"switch_mlp\.(gate|up)_proj", "experts.gate_up_proj", name)
            both = self._read(ours, (parameter.shape[0], 2 * parameter.shape[1], parameter.shape[2]), parameter.dtype)
            rows = parameter.shape[1]
            return mx.contiguous(both[:, :rows] if "gate_proj" in name else both[:, rows:])
        if name.endswith(".conv1d.weight"):  # ours is [taps, channels], theirs [channels, taps, 1]
            channels, taps, _ = parameter.shape
            return mx.contiguous(self._read(name, (taps, channels), mx.bfloat16).T[..., None])
        if name.endswith(".A_log"):  # ours is what it stands for
            return mx.log(-self._read(f"{name}.weight", parameter.shape, mx.float32))
        if name.endswith(".dt_bias"):
            return self._read(f"{name}.weight", parameter.shape, mx.float32).astype(mx.bfloat16)
        return self._read(name.replace("switch_mlp", "experts"), parameter.shape, parameter.dtype)

    def _read(self, name: str, shape: tuple, dtype: mx.Dtype) -> mx.array:
        if dtype == mx.uint32:
            return mx.array(self._bytes(name.removesuffix("weight") + "words_u32").view(np.uint32).reshape(shape))
        if name in self._places and self._places[name]["bytes"] == 4 * np.prod(shape):
            return mx.array(self._bytes(name).view(np.float32).reshape(shape))
        if name in self._places:
            return mx.array(self._bytes(name).view(np.uint16).reshape(shape)).view(mx.bfloat16)
        return mx.ones(shape, mx.bfloat16)

    def _bytes(self, name: str) -> np.ndarray:
        place = self._places[name]
        return self._memory[place["offset"] : place["offset"] + place["bytes"]]


def load(program: str, layout: dict):
    config = layout["config"]
    module = importlib.import_module("mlx_lm.models." + config["model_type"])
    model = module.Model(module.ModelArgs.from_dict(config))
    model.sanitize({})  # ties the head to the embedding where the checkpoint has none of its own
    ours = Weights(program, layout)
    dense = (".mlp.gate", ".shared_expert_gate", ".in_proj_a", ".in_proj_b")  # as in the program
    wanted = lambda path, part: hasattr(part, "to_quantized") and not path.endswith(dense)  # noqa: E731
    nn.quantize(model, group_size=layout["group"], bits=layout["bits"], class_predicate=wanted)
    weights = []
    for name, parameter in nn.utils.tree_flatten(model.parameters()):
        if config["model_type"] == "gemma3_text" and name.endswith("norm.weight"):  # stored as w - 1
            weights.append((name, mx.zeros(parameter.shape, mx.bfloat16)))
        else:
            weights.append((name, ours.get(name.removeprefix("language_model.").removeprefix("model."), parameter)))
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
