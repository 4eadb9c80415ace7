"""Fills the blank weights of a program (programs.py, speech_programs.py) in place: seeded random numbers, of a spread that keeps
activations finite.

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
    constants, config = layout.get("constants", {}), layout.get("config", {})
    part = lambda place: file[place["offset"] : place["offset"] + place["bytes"]]  # noqa: E731
    for place in layout.get("matrices", ()):
        values = random.standard_normal(place["bytes"] // 2, np.float32) * place["deviation"]
        part(place).view(np.uint16)[:] = bf16(values)
    for key, place in constants.items():
        name = key.split("/", 1)[-1]
        if name.endswith(DENSE):
            values = random.standard_normal(place["bytes"] // 2, np.float32) / np.sqrt(columns_of(name, config))
            part(place).view(np.uint16)[:] = bf16(values)
        elif name.endswith("words_u32"):
            # A row's length is not stored: the spread of its weights follows from the matrix's size well enough.
            stem = key[: -len("words_u32")]
            part(place).view(np.uint32)[:] = random.integers(0, 1 << 32, place["bytes"] // 4, np.uint32)
            step = (0.03 if "embed" in name else 1.0 / np.sqrt(columns_of(name, config))) / 4.6
            for array, value in (("scales", step), ("biases", -7.5 * step)):
                part(constants[stem + array]).view(np.uint16)[:] = bf16([value])[0]
    file.flush()


DENSE = (".mlp.gate.weight", ".shared_expert_gate.weight", ".in_proj_a.weight", ".in_proj_b.weight", ".conv1d.weight")
"""What a recipe leaves dense: random too, or every token would go to the same experts."""


def columns_of(name: str, config: dict) -> int:
    if "conv1d" in name:
        return config["linear_conv_kernel_dim"]
    if "linear_attn.out_proj" in name:
        return config["linear_num_value_heads"] * config["linear_value_head_dim"]
    if "o_proj" in name:
        return config["num_attention_heads"] * config["head_dim"]
    if "down_proj" not in name:
        return config["hidden_size"]
    part = "shared_expert_" if "shared_expert" in name else "moe_" if ".experts." in name else ""
    return config[f"{part}intermediate_size"]


if __name__ == "__main__":
    main(*sys.argv[1:])
