"""Parakeet against transformers, from a folder that transformers wrote to the model folder."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pteron_export.errors import ExportError
from pteron_export.exporter import Options, export
from pteron_export.fixtures.parakeet import CONFIG, build, tokenizer
from pteron_export.fixtures.speech import read_clip
from pteron_export.models import parakeet
from pteron_export.models.layers import Limits
from pteron_export.models.parakeet_weights import stored
from pteron_export.parakeet import verify as verification
from pteron_export.parakeet.reference import features_of, steps_of, transformers_parakeet
from pteron_export.parakeet.verify import padded
from pteron_export.reference import program_weights
from pteron_export.weights import load_weights

SPEECH = Path(__file__).resolve().parents[2] / "test/fixtures/speech"


@pytest.fixture(scope="module")
def sound():
    return features_of(read_clip(SPEECH / "settings-en.wav"), 80)


@pytest.fixture(scope="module")
def reference(sound):
    """transformers' own, with statistics of batch norm that are not those of a new model."""
    model = transformers_parakeet(CONFIG, program_weights(build(sound)))
    generator = torch.Generator().manual_seed(2)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer += 0.1 * torch.randn(buffer.shape, generator=generator)
        elif name.endswith("running_var"):
            buffer *= 1 + 0.2 * torch.rand(buffer.shape, generator=generator)
    return model


@pytest.fixture(scope="module")
def ours(reference):
    state = reference.state_dict()
    model = parakeet.build(CONFIG, Limits(parakeet.WINDOW, 1, torch.float32))
    load_weights(model, lambda name: stored(name, state.__contains__, state.__getitem__), torch.float32)
    return model


@pytest.fixture(scope="module")
def folder(reference, tmp_path_factory):
    out = tmp_path_factory.mktemp("parakeet")
    reference.save_pretrained(out)
    tokenizer().save(str(out / "tokenizer.json"))
    return out


@torch.no_grad()
@pytest.mark.parametrize("frames", (1, 7, 8, 9, 100, 333))
def test_it_hears_what_transformers_hears_whatever_the_length(reference, ours, sound, frames):
    part = sound[:, :frames]
    heard = parakeet.Encode(ours)(padded(part, 8), torch.tensor([frames]))
    assert heard.shape == (1, -(-frames // 8), 32)
    assert (heard - reference.get_audio_features(part).pooler_output).abs().max() < 1e-4


@torch.no_grad()
def test_it_says_what_transformers_says(reference, ours, sound):
    heard = reference.get_audio_features(sound).pooler_output
    steps = steps_of(reference, heard, 100)
    assert len({step.token for step in steps}) > 5
    for step in steps:
        logits, _, _ = parakeet.Decode(ours)(torch.tensor([[step.token]]), step.hidden, step.cell, heard[:, step.frames])
        assert (logits[0] - step.logits).abs().max() < 1e-4


def test_weights_come_back_as_they_were(ours, reference, sound):
    again = transformers_parakeet(CONFIG, program_weights(ours))
    with torch.no_grad():
        difference = again.get_audio_features(sound).pooler_output - reference.get_audio_features(sound).pooler_output
    assert difference.abs().max() < 1e-4


def export_as(folder, out, **options):
    said = []
    export(Options(source=folder, id="tiny-parakeet", out=out, **options), said.append)
    return json.loads((out / "model.json").read_text()), said


@pytest.mark.parametrize("quantize", ("fp32", "8"))
def test_a_checkpoint_becomes_a_verified_model_folder(folder, tmp_path, quantize):
    record, _ = export_as(folder, tmp_path / "out", quantize=quantize)
    assert record["speech"] | {"kind": "parakeet", "frames": 4000, "blank": 96, "durations": [0, 1, 2, 3, 4]} == record["speech"]
    assert (record["role"], record["vocabularySize"], record["maxLogitRows"]) == ("speech", 97, 16)
    assert record["verification"]["argmaxAgreement"] > 0.9
    assert record["quantization"].startswith("affine 8-bit" if quantize == "8" else "none")
    assert (tmp_path / "out/tokenizer.json").exists()


def test_a_program_that_differs_is_refused(ours, tmp_path, monkeypatch):
    for what in ("_run_program", "_run_eager"):
        monkeypatch.setattr(verification, what, lambda *args: (args[4] * 1.1, torch.cat([step.logits for step in args[5]])))
    with pytest.raises(ExportError, match="program_invalid.*differs from transformers"):
        verification.verify(ours, tmp_path, lambda _: None)


@pytest.mark.parametrize("name", (
    "decoder.lstm.weight_hh_l1", "encoder.layers.0.conv.norm.running_var", "encoder.layers.1.self_attn.bias_u"))  # fmt: skip
def test_a_checkpoint_that_lacks_a_tensor_is_named(folder, tmp_path, name):
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for file in folder.iterdir():
        (damaged / file.name).write_bytes(file.read_bytes())
    state = load_file(folder / "model.safetensors")
    del state[name]
    save_file(state, damaged / "model.safetensors")
    with pytest.raises(ExportError, match="program_invalid: The checkpoint lacks"):
        export_as(damaged, tmp_path / "out", quantize="fp32")


def test_other_convolutions_are_refused():
    encoder = CONFIG["encoder_config"] | {"subsampling_conv_kernel_size": 5}
    with pytest.raises(ExportError, match="program_unsupported"):
        parakeet.build(CONFIG | {"encoder_config": encoder}, Limits(parakeet.WINDOW, 1, torch.float32))
