"""A speech model's folder at its true size without its weights, for a machine where weights are made (fill.py).

Its matrices are zeros but for a number that keeps equal ones apart: a program of gigabytes travels as kilobytes. Beside it lies
fill.json: where in the file each matrix lies, and the spread that its random numbers are to have.

Usage: python bench/gpu/speech_programs.py FOLDER [NAME …]
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from programs import constants_of  # first of all: it makes the exporter importable

from pteron_export.models.parakeet import Parakeet
from pteron_export.parakeet.full_size import VOCABULARIES, deviation_of, small_weight, write_folder


def blank(model: Parakeet) -> Callable[[str], torch.Tensor]:
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    numbers = {name: float(index) for index, name in enumerate(shapes, 1)}

    def get(name: str) -> torch.Tensor:
        if len(shapes[name]) != 2:
            return small_weight(name, shapes[name], model.config["vocab_size"])
        matrix = torch.zeros(shapes[name])
        matrix[0, 0] = numbers[name]
        return matrix

    return get


def matrices_of(model: Parakeet, program: Path) -> list[dict]:
    """{offset, bytes, deviation} of each matrix of bfloat16 in the file."""
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters() if p.dim() == 2}
    placed = {key.split("/", 1)[-1]: place for key, place in constants_of(program).items()}
    found = {name: next((place for key, place in placed.items() if key.endswith(name)), None) for name in shapes}
    if missing := [name for name, place in found.items() if place is None]:
        raise SystemExit(f"no constant of the program is {missing[0]}; it has {', '.join(list(placed)[:5])} …")
    return [found[name] | {"deviation": deviation_of(name, shape)} for name, shape in shapes.items()]


def write(name: str, folder: Path) -> None:
    say = lambda step: print(name, step, flush=True)  # noqa: E731
    model = write_folder(name, folder / name, "bf16", blank, say)
    (folder / name / "fill.json").write_text(json.dumps({"matrices": matrices_of(model, folder / name / "model.pte")}))


if __name__ == "__main__":
    for each in sys.argv[2:] or list(VOCABULARIES)[:1]:
        write(each, Path(sys.argv[1]))
