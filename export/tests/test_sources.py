"""Exports from the Hub, what an export says it needs, and checkpoints that contradict themselves."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from pteron_export import exporter
from pteron_export.checkpoints.tokenizer_fit import require_fit
from pteron_export.errors import ExportError
from pteron_export.exporter import Options, export, plan
from pteron_export.naming import default_id
from pteron_export.run_program import EagerRunner

from .gguf_maker import write_gguf
from .hub_server import COMMIT


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    monkeypatch.setattr(exporter, "choose_runner", EagerRunner)


def options(source, out, **changes) -> Options:
    return Options(source=source, out=out, **({"id": "tiny", "dtype": "fp32", "chunk": 32, "quantize": "none"} | changes))


def serve_folder(hub, folder) -> None:
    hub.files = {file.name: file.read_bytes() for file in folder.iterdir()}


def test_an_export_from_the_hub_records_its_commit(empty_hub, llama_folder, tmp_path):
    serve_folder(empty_hub, llama_folder)
    said: list[str] = []
    export(options("tiny/model", tmp_path / "out/tiny"), said.append)
    record = json.loads((tmp_path / "out/tiny/model.json").read_text())
    assert (record["name"], record["role"], record["licence"]["name"]) == ("tiny/model", "chat", "Apache-2.0")
    assert record["source"] | {"sha256": 0} == {"name": "tiny/model", "revision": COMMIT, "sha256": 0}
    assert record["verification"]["maxLogitDifference"] < 1e-4
    assert said[0] == "reading tiny/model" and said[1].startswith("needs 0.1 GB of disk and 0.9 GB of memory in ")


@pytest.mark.parametrize("stage", ["downloading", "reading", "loading weights", "lowering", "verifying: transformers"])
def test_an_interrupt_leaves_the_store_as_it_was(stage, empty_hub, llama_folder, tmp_path):
    serve_folder(empty_hub, llama_folder)

    class Interrupting(list):
        def __call__(self, text):
            if text.startswith(stage):
                raise KeyboardInterrupt

        def count(self, text, *_):
            self(text)

    (tmp_path / "store/tiny").mkdir(parents=True)
    (tmp_path / "store/tiny/model.json").write_text("before")
    with pytest.raises(KeyboardInterrupt):
        export(options("tiny/model", tmp_path / "store/tiny"), Interrupting())
    assert [f.name for f in (tmp_path / "store").rglob("*")] == ["tiny", "model.json"]
    assert (tmp_path / "store/tiny/model.json").read_text() == "before"


def test_what_an_export_needs_is_said_before_weights_are_fetched(empty_hub, llama_folder, tmp_path, monkeypatch):
    serve_folder(empty_hub, llama_folder)
    record = plan(options("tiny/model", tmp_path / "tiny"), lambda _: None)
    weights = len(empty_hub.files["model.safetensors"])
    assert record["source"] == "tiny/model" and record["architecture"] == "LlamaForCausalLM" and record["family"] == "llama"
    assert record["downloadBytes"] == weights and record["parameters"] == sum(t.numel() for t in load_file(llama_folder / "model.safetensors").values())
    assert abs(record["programBytes"] - weights) < 10_000
    assert not any("safetensors" in line for line in empty_hub.log) and not (tmp_path / "tiny").exists()
    monkeypatch.setattr("pteron_export.needs.available_memory", lambda: 300_000_000)
    with pytest.raises(ExportError, match="out_of_memory: The export needs 0.9 GB of memory, and 0.3 GB are available"):
        export(options("tiny/model", tmp_path / "tiny"), lambda _: None)
    monkeypatch.setattr("pteron_export.needs.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10, 5, 5))
    with pytest.raises(ExportError, match="disk_full: The export needs 0.1 GB in .*, and 0.0 GB are free.*--out"):
        export(options("tiny/model", tmp_path / "tiny"), lambda _: None)
    assert not any("model.safetensors" in line for line in empty_hub.log) and not (tmp_path / "tiny").exists()


@pytest.mark.parametrize(("scheme", "bits"), [("8", 8.5), ("4", 5), ("nvfp4", 4.5), ("bf16", 16), ("fp32", 32)])
def test_the_program_s_size_follows_the_quantization(scheme, bits, gemma_folder, tmp_path):
    record = plan(options(gemma_folder, tmp_path / "tiny", quantize=scheme, dtype=None), lambda _: None)
    least = record["parameters"] * bits / 8
    assert least * 0.95 < record["programBytes"] < least * 1.9  # the embedding stays at 8 bits


def test_a_gguf_file_is_planned_from_its_metadata(tmp_path):
    write_gguf("tiny-llama", tmp_path / "tiny.gguf")
    record = plan(options(tmp_path / "tiny.gguf", tmp_path / "tiny", quantize=None), lambda _: None)
    assert (record["quantization"], record["programBytes"]) == ("keep", (tmp_path / "tiny.gguf").stat().st_size)


def damaged(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "damaged")


def refuse(folder, tmp_path, message: str) -> None:
    with pytest.raises(ExportError, match=message):
        export(options(folder, tmp_path / "tiny", verify=False), lambda _: None)
    assert not (tmp_path / "tiny").exists()


def test_a_shard_that_is_missing_or_incomplete(llama_folder, tmp_path):
    folder = damaged(llama_folder, tmp_path)
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": dict.fromkeys(tensors, "model-2.safetensors")}))
    refuse(folder, tmp_path, "program_invalid: The index names model-2.safetensors, which is not there")
    (folder / "model.safetensors.index.json").write_text("[]")
    refuse(folder, tmp_path, "program_invalid: model.safetensors.index.json is damaged")
    (folder / "model.safetensors.index.json").unlink()
    save_file({name: t for name, t in tensors.items() if "layers.1.mlp.up_proj" not in name}, folder / "model.safetensors")
    refuse(folder, tmp_path, "program_invalid: The checkpoint lacks the tensor layers.1.mlp.up_proj")


@pytest.mark.parametrize(("change", "message"), [
    (lambda t: t[:-1], r"program_invalid: norm is \[31\] in the checkpoint, but its configuration says \[32\]"),
    (lambda t: t.to(torch.int64), "program_invalid: norm is held as int64, which is no float type"),
])  # fmt: skip
def test_tensors_of_a_wrong_shape_or_type(change, message, llama_folder, tmp_path):
    folder = damaged(llama_folder, tmp_path)
    tensors = load_file(folder / "model.safetensors")
    save_file(tensors | {"model.norm.weight": change(tensors["model.norm.weight"])}, folder / "model.safetensors")
    refuse(folder, tmp_path, message)


def test_a_tokenizer_of_another_model(llama_folder, tmp_path):
    path = llama_folder / "tokenizer.json"
    require_fit(path, 384, [0, 2])
    require_fit(path, 384 - 16, [])  # added tokens beyond the vocabulary
    for vocabulary, markers, message in (
        (320, [], "tokenizer.json has 384 tokens, but the model has 320"),
        (600, [], "tokenizer.json has 384 tokens, but the model has 600"),
        (384, [384], "names token 384, which tokenizer.json lacks"),
        (384, [-1], "names token -1"),
    ):
        with pytest.raises(ExportError, match=f"tokenizer_invalid: .*{message}"):
            require_fit(path, vocabulary, markers)
    folder = damaged(llama_folder, tmp_path)
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": 100_000}))
    refuse(folder, tmp_path, "tokenizer_invalid: The configuration names token 100000")


@pytest.mark.parametrize(("source", "id"), [
    ("Qwen/Qwen3-0.6B", "qwen3-0.6b"), ("a/B_c@main", "b_c"), ("a/b@v1:x-Q4_K.gguf", "b"), ("/models/My Model", "my-model"),
    ("/models/smol.Q8_0.gguf", "smol.q8_0"), ("/", "model"), ("./x@2/", "x-2"),
])  # fmt: skip
def test_default_ids(source, id):
    assert default_id(source) == id
