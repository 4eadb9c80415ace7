"""Silero VAD against silero's own TorchScript model, on the weights that set-up fetched."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pteron_export.errors import ExportError
from pteron_export.exporter import Options, export, plan
from pteron_export.fixtures.vad import reference, sounds
from pteron_export.models.silero_vad import SileroVad
from pteron_export.vad import Reference, probabilities, read_weights, verification_sound

CACHE = Path(os.environ.get("PTERON_CACHE") or Path.home() / ".cache/pteron")
WEIGHTS = CACHE / "sources/silero-vad/silero_vad.jit"
CLIPS = Path(__file__).parents[2] / "test/fixtures/speech"


@pytest.fixture(scope="module")
def weights():
    return read_weights(WEIGHTS)


@pytest.fixture(scope="module")
def silero():
    return torch.jit.load(WEIGHTS)._model


def test_probabilities_are_silero_s(weights, silero):
    model = SileroVad(weights).eval()
    for name, sound in (sounds(CLIPS) | {"tones": verification_sound()}).items():
        wanted = np.array(probabilities(silero, sound))
        assert np.abs(np.array(probabilities(model, sound)) - wanted).max() < 1e-4, name
        assert np.abs(np.array(probabilities(Reference(weights), sound)) - wanted).max() < 1e-4, name
        assert wanted.max() > 0.9 or name == "tones"


def test_the_committed_reference_is_silero_s():
    committed = json.loads((CLIPS / "vad.json").read_text())
    for name, values in reference(WEIGHTS, CLIPS).items():
        assert np.abs(np.array(values) - np.array(committed[name])).max() < 1e-4, name


def test_an_export_says_what_it_is(tmp_path):
    said = []
    folder = export(Options(source=WEIGHTS, id="vad", out=tmp_path / "vad"), said.append)
    record = json.loads((folder / "model.json").read_text())
    assert (record["role"], record["family"], record["licence"]) == ("vad", "silero-vad", {"name": "MIT"})
    assert record["verification"]["largestDifference"] < 1e-4
    assert {file.name for file in folder.iterdir()} == {"model.json", "model.pte"}
    assert plan(Options(source=WEIGHTS, id="vad", out=folder), said.append)["downloadBytes"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda tensors: tensors.pop("conv1.bias"), "program_unsupported"),
        (lambda tensors: tensors.update({"conv1.bias": torch.zeros(7)}), "program_unsupported"),
    ],
)
def test_other_weights_are_refused(tmp_path, weights, change, code):
    tensors = dict(weights)
    change(tensors)
    save_file(tensors, tmp_path / "other.safetensors")
    with pytest.raises(ExportError) as error:
        export(Options(source=tmp_path / "other.safetensors", id="vad", out=tmp_path / "vad"), lambda _: None)
    assert error.value.code == code
    assert not (tmp_path / "vad").exists()


def test_the_same_weights_as_safetensors_are_taken_too(tmp_path, weights):
    save_file(weights, tmp_path / "same.safetensors")
    read = read_weights(tmp_path / "same.safetensors")
    assert all(torch.equal(read[name], tensor) for name, tensor in weights.items())


def test_damaged_files_another_hash_and_another_role_are_refused(tmp_path):
    damaged = [tmp_path / "damaged.jit", tmp_path / "damaged.safetensors", tmp_path / "other.jit"]
    damaged[0].write_bytes(WEIGHTS.read_bytes()[:100_000])
    damaged[1].write_bytes(WEIGHTS.read_bytes()[:1000])
    torch.jit.script(torch.nn.Linear(2, 2)).save(damaged[2])
    for options, code in (
        *((Options(source=file, id="vad", out=tmp_path / "vad"), "program_invalid") for file in damaged),
        (Options(source=WEIGHTS, id="vad", out=tmp_path / "vad", sha256="0" * 64), "program_invalid"),
        (Options(source=WEIGHTS, id="vad", out=tmp_path / "vad", role="chat"), "invalid_argument"),
    ):
        with pytest.raises(ExportError) as error:
            export(options, lambda _: None)
        assert error.value.code == code
