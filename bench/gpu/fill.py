"""Fills the blank weights of a program (programs.py) in place: seeded random integers, scales that keep activations finite.

Usage: python fill.py PROGRAM.pte LAYOUT.json
"""

import json
import sys

import numpy as np


def bf16(values: np.ndarray) -> np.ndarray:
    """The upper halves of float32 values, as stored."""
    return (np.asarray(values, np.float32).view(np.uint32) >> 16).astype(np.uint16)


def main(program: str, layout_path: str) -> None:
    layout = json.load(open(layout_path))
    file = np.memmap(program, np.uint8, "r+")
    random = np.random.default_rng(7)
    constants = layout["constants"]
    for key, place in constants.items():
        name = key.split("/", 1)[-1]
        if not name.endswith("words_u32"):
            continue
        # A row's length is not stored: the spread of its weights follows from the matrix's size well enough.
        stem = key[: -len("words_u32")]
        at = file[place["offset"] : place["offset"] + place["bytes"]]
        at.view(np.uint32)[:] = random.integers(0, 1 << 32, place["bytes"] // 4, np.uint32)
        inputs = columns_of(name, layout["config"])
        step = (0.03 if "embed" in name else 1.0 / np.sqrt(inputs)) / 4.6
        for part, value in (("scales", step), ("biases", -7.5 * step)):
            at = constants[stem + part]
            file[at["offset"] : at["offset"] + at["bytes"]].view(np.uint16)[:] = bf16([value])[0]
    file.flush()


def columns_of(name: str, config: dict) -> int:
    if "o_proj" in name:
        return config["num_attention_heads"] * config["head_dim"]
    return config["intermediate_size"] if "down_proj" in name else config["hidden_size"]


if __name__ == "__main__":
    main(*sys.argv[1:])
