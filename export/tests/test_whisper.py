"""Whisper against transformers, CTranslate2's format, and what a recognizer is told of its tokens."""

import json
import struct

import numpy as np
import pytest
import torch

from pteron_export.checkpoints import open_checkpoint
from pteron_export.checkpoints.ctranslate2 import ModelFile, read_weight
from pteron_export.checkpoints.whisper_tokens import TIMESTAMPS, speech_tokens, write_tokenizer
from pteron_export.errors import ExportError
from pteron_export.fixtures.foreign.whisper import CONFIG, TOKENS, features, tiny_whisper
from pteron_export.models import whisper
from pteron_export.models.layers import Limits
from pteron_export.weights import load_weights

LIMITS = Limits(CONFIG["max_target_positions"], 16, torch.float32)


@pytest.fixture(scope="module")
def reference():
    return tiny_whisper()


@pytest.fixture(scope="module")
def ours(reference):
    state = reference.state_dict()
    model = whisper.build(CONFIG, LIMITS)
    load_weights(model, lambda name: whisper.adapt_tensor(name, state[f"model.{name}"]), torch.float32)
    return model


@torch.no_grad()
def feed(model, sound, tokens, position=0, chunk=16):
    heard = whisper.Encode(model)(sound)
    decode = whisper.Decode(model)
    for start in range(0, len(tokens), chunk):
        part = torch.tensor([tokens[start : start + chunk]])
        row = decode(part, torch.tensor([position + start]), *heard)
    return row[0, 0]


@torch.no_grad()
def expected(model, sound, tokens):
    return model(input_features=sound, decoder_input_ids=torch.tensor([tokens]), use_cache=False).logits[0, -1]


def test_it_writes_what_transformers_writes_in_chunks_of_any_size(reference, ours):
    wanted = expected(reference, features(), TOKENS)
    for chunk in (16, 7, 1):
        assert (feed(ours, features(), TOKENS, chunk=chunk) - wanted).abs().max() < 1e-4


def test_it_goes_back_anywhere_and_forgets_the_sound_before(reference, ours):
    feed(ours, features(), TOKENS)
    other = list(reversed(TOKENS))[:5]
    assert (feed(ours, features(), other, position=9) - expected(reference, features(), TOKENS[:9] + other)).abs().max() < 1e-4
    assert (feed(ours, -features(), TOKENS) - expected(reference, -features(), TOKENS)).abs().max() < 1e-4


def test_adapted_convolutions_come_back_as_they_were():
    stored = torch.randn(6, 4, 3)
    for name in ("encoder.conv1.weight", "model.encoder.conv2.weight"):
        assert torch.equal(whisper.to_transformers(name, whisper.adapt_tensor(name, stored)), stored)


def write_model_bin(path, state, heads=4):
    """tiny Whisper as CTranslate2's converter writes it."""
    names = [name.removeprefix("model.") for name in state if name != "proj_out.weight"]
    variables: dict[str, np.ndarray] = {f"{part}/num_heads": np.array(heads, np.int16) for part in ("encoder", "decoder")}
    module_of = {"self_attn": "self_attention", "encoder_attn": "attention"}
    get = lambda name: state[f"model.{name}"].numpy()  # noqa: E731
    for name in names:
        part, _, rest = name.partition(".")
        tail = rest.rsplit(".", 2)
        if rest == "embed_tokens.weight":
            variables["decoder/embeddings/weight"] = get(name)
        elif rest == "embed_positions.weight":
            variables[f"{part}/position_encodings/encodings"] = get(name)
        elif not rest.startswith("layers."):
            kind = {"weight": "gamma", "bias": "beta"} if "layer_norm" in rest else {"weight": "weight", "bias": "bias"}
            module, _, last = rest.partition(".")
            variables[f"{part}/{module}/{kind[last]}"] = get(name)
        elif tail[-2].endswith("layer_norm"):
            layer, module = rest.split(".")[1:3]
            where = {"final_layer_norm": "ffn"}.get(module) or module_of[module.removesuffix("_layer_norm")]
            variables[f"{part}/layer_{layer}/{where}/layer_norm/{'gamma' if tail[-1] == 'weight' else 'beta'}"] = get(name)
        elif tail[-2] in ("fc1", "fc2", "out_proj"):
            layer, module = rest.split(".")[1:3]
            where = {"fc1": "ffn/linear_0", "fc2": "ffn/linear_1"}.get(module)
            where = where or {"self_attn": "self_attention/linear_1", "encoder_attn": "attention/linear_2"}[module]
            variables[f"{part}/layer_{layer}/{where}/{tail[-1]}"] = get(name)
    for part, attention, fused, single in (
        ("encoder", "self_attn", "qkv", None), ("decoder", "self_attn", "qkv", None), ("decoder", "encoder_attn", "kv", "q"),
    ):  # fmt: skip
        for layer in range(CONFIG[f"{part}_layers"]):
            prefix, stored = f"{part}.layers.{layer}.{attention}", f"{part}/layer_{layer}/{module_of[attention]}"
            zero = np.zeros(CONFIG["d_model"], np.float32)
            bias = lambda letter: zero if letter == "k" else get(f"{prefix}.{letter}_proj.bias")  # noqa: E731, B023
            index = 0 if single is None else 1
            weights = np.concatenate([get(f"{prefix}.{letter}_proj.weight") for letter in fused])
            variables[f"{stored}/linear_{index}/weight"] = weights
            variables[f"{stored}/linear_{index}/bias"] = np.concatenate([bias(letter) for letter in fused])
            if single:
                variables[f"{stored}/linear_0/weight"] = get(f"{prefix}.q_proj.weight")
                variables[f"{stored}/linear_0/bias"] = get(f"{prefix}.q_proj.bias")
    path.write_bytes(_serialized(variables))


def _text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def _serialized(variables: dict[str, np.ndarray]) -> bytes:
    kinds = {np.dtype(np.float32): 0, np.dtype(np.int16): 2, np.dtype(np.float16): 4}
    out = struct.pack("<I", 6) + _text("WhisperSpec") + struct.pack("<II", 3, len(variables))
    for name, array in variables.items():
        out += _text(name) + struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        out += struct.pack("<BI", kinds[array.dtype], array.nbytes) + array.tobytes()
    return out + struct.pack("<I", 0)


def tokenizer_json() -> dict:
    names = ["endoftext", "startoftranscript", "en", "de", "translate", "transcribe", "startoflm", "startofprev", "nospeech"]
    first = 50_257
    added = [{"id": first + i, "content": f"<|{name}|>", "special": True} for i, name in enumerate([*names, "notimestamps"])]
    return {"added_tokens": added, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}


@pytest.fixture
def folder(tmp_path, reference):
    write_model_bin(tmp_path / "model.bin", reference.state_dict())
    (tmp_path / "config.json").write_text(json.dumps({"suppress_ids": [9, 3], "suppress_ids_begin": [7]}))
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer_json()))
    return tmp_path


def test_a_ctranslate2_checkpoint_is_what_transformers_has(folder, reference, ours):
    checkpoint = open_checkpoint(folder)
    assert {key: checkpoint.config[key] for key in CONFIG if key in checkpoint.config} == {
        key: CONFIG[key] for key in CONFIG if key in checkpoint.config
    }
    assert {"d_model", "decoder_ffn_dim", "encoder_attention_heads", "num_mel_bins"} <= checkpoint.config.keys()
    model = whisper.build(checkpoint.config, LIMITS)
    load_weights(model, checkpoint.get, torch.float32)
    for name, parameter in ours.state_dict().items():
        assert torch.equal(model.state_dict()[name], parameter), name
    assert checkpoint.generation == {"suppress_tokens": [9, 3], "begin_suppress_tokens": [7]}


def test_a_damaged_checkpoint_is_named(folder):
    whole = (folder / "model.bin").read_bytes()
    for size in (0, 3, 40, len(whole) // 2, len(whole) - 5000):
        (folder / "model.bin").write_bytes(whole[:size])
        with pytest.raises(ExportError) as error:
            checkpoint = open_checkpoint(folder)
            load_weights(whisper.build(checkpoint.config, LIMITS), checkpoint.get, torch.float32)
        assert error.value.code == "program_invalid"
    for damaged in (b"\x05" + whole[1:], whole.replace(b"WhisperSpec", b"MarianSpecX")):
        (folder / "model.bin").write_bytes(damaged)
        with pytest.raises(ExportError, match="program_unsupported"):
            open_checkpoint(folder)


def test_a_quantized_ctranslate2_checkpoint_is_refused(tmp_path):
    data = _serialized({"decoder/embeddings/weight": np.zeros((4, 4), np.float32)})
    at = data.index(struct.pack("<BI", 0, 64))
    (tmp_path / "model.bin").write_bytes(data[:at] + b"\x01" + data[at + 1 :])
    with pytest.raises(ExportError, match="quantized in CTranslate2's own way"):
        read_weight(ModelFile(tmp_path / "model.bin"), "decoder.embed_tokens.weight")


def test_the_tokenizer_gets_its_timestamps_and_the_manifest_its_ids(folder, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    write_tokenizer(folder, 50_267 + TIMESTAMPS, out)
    added = {t["content"]: t["id"] for t in json.loads((out / "tokenizer.json").read_text())["added_tokens"]}
    assert (added["<|0.00|>"], added["<|0.02|>"], added["<|30.00|>"]) == (50_267, 50_268, 50_267 + 1500)
    tokens = speech_tokens(out / "tokenizer.json", {"suppress_tokens": [9, -1, 3], "begin_suppress_tokens": [7]})
    assert tokens["languages"] == {"en": 50_259, "de": 50_260}
    assert (tokens["noSpeech"], tokens["noTimestamps"], tokens["firstTimestamp"]) == (50_265, 50_266, 50_267)
    assert tokens["suppress"] == [3, 9] and tokens["maxInitialTimestamp"] == 50
    with pytest.raises(ExportError, match="do not fit"):
        write_tokenizer(folder, 50_300, out)
    (folder / "tokenizer.json").write_text('{"added_tokens": [], "model": {}}')
    with pytest.raises(ExportError, match="lacks Whisper's"):
        write_tokenizer(folder, 51_865, out)


def test_a_role_must_fit_the_model(folder, tmp_path):
    from pteron_export.exporter import Options, export

    with pytest.raises(ExportError, match="Use --role speech"):
        export(Options(source=folder, id="x", role="chat", out=tmp_path / "x"), lambda _: None)
