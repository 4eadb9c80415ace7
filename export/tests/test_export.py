"""Whole exports of tiny checkpoints."""

import errno
import json
import os
import struct
import subprocess
import sys

import pytest
import torch
from executorch.exir._serialize._program import deserialize_pte_binary

from pteron_export import exporter
from pteron_export.__main__ import main
from pteron_export.errors import ExportError
from pteron_export.exporter import Options, export
from pteron_export.fixtures.node_case import Apply
from pteron_export.lowering import PAGE, lower
from pteron_export.run_program import EagerRunner

from .gguf_maker import write_gguf


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    """The exporter's own part is under test here; the delegate's tests run the programs."""
    monkeypatch.setattr(exporter, "choose_runner", EagerRunner)


def run(source, out, **changes) -> tuple[dict, list[str]]:
    said: list[str] = []
    settings = {"id": "tiny", "role": "completion", "dtype": "fp32", "chunk": 32} | changes
    export(Options(source=source, out=out, **settings), said.append)
    return json.loads((out / "model.json").read_text()), said


def test_an_unquantized_export_is_transformers(gemma_folder, tmp_path):
    record, said = run(gemma_folder, tmp_path / "tiny", quantize="none")
    assert {f.name for f in (tmp_path / "tiny").iterdir()} == {"model.json", "model.pte", "tokenizer.json"}
    assert (record["family"], record["dtype"], record["quantization"]) == ("gemma3", "float32", "none")
    assert (record["contextLength"], record["prefillChunk"], record["slidingWindow"]) == (160, 32, 24)
    assert record["tokens"] == {"bos": 2, "eos": [1, 4], "addBos": True} and record["fim"] is None
    assert record["parameters"] == sum(p.numel() for p in _tensors(gemma_folder))
    check = record["verification"]
    assert check["argmaxAgreement"] == 1 and check["maxLogitDifference"] < 1e-4 and check["promptTokens"] == 160
    assert abs(check["lossAgainstSource"]) < 1e-5
    assert check["nodes"]["SdpaNode"] == 3
    assert any("tracing" in line for line in said)
    assert [f.name for f in tmp_path.iterdir()] == ["tiny"]


def _tensors(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors").values()


@pytest.mark.parametrize(("scheme", "group", "text"), [
    ("8", 32, "affine 8-bit group 32"), (None, 32, "affine 8-bit group 32"),
    ("4", 32, "affine 4-bit group 32, embedding affine 8-bit group 32, head affine 8-bit group 32"),
    ("4,embedding=nvfp4,head=8", None, "affine 4-bit group 32, embedding NVFP4, head affine 8-bit group 32"),
    ("nvfp4", None, "NVFP4, embedding affine 8-bit group 32, head affine 8-bit group 32"),
])  # fmt: skip
def test_quantization(scheme, group, text, llama_folder, tmp_path):
    record, _ = run(llama_folder, tmp_path / "tiny", quantize=scheme, group=group, role="chat", dtype="bf16")
    assert record["quantization"] == text and record["dtype"] == "bfloat16"
    assert record["tokens"]["eos"] == [0, 2]
    assert (tmp_path / "tiny/chat_template.jinja").exists()
    check = record["verification"]
    assert abs(check["perplexityDifference"]) < 0.01
    assert check["nodes"]["QuantizedMatmulNode"] == 2 * 7 + 1


def test_a_large_loss_is_warned_of(llama_folder, tmp_path, monkeypatch):
    monkeypatch.setattr("pteron_export.verify.WARNED_LOSS", -1.0)
    _, said = run(llama_folder, tmp_path / "tiny", quantize="4", role="chat")
    assert any(line.startswith("warning: quantization costs") for line in said)


def test_a_gguf_file_keeps_its_quantization(tmp_path):
    write_gguf("tiny-llama", tmp_path / "tiny.gguf")
    record, _ = run(tmp_path / "tiny.gguf", tmp_path / "tiny", role="chat")
    assert record["quantization"] == "gguf:Q8_0"
    assert record["licence"]["name"] == "MIT"
    assert len(record["source"]["sha256"]) == 64
    assert record["verification"]["maxLogitDifference"] < 1e-4
    assert abs(record["verification"]["lossAgainstSource"]) < 1e-5


def test_the_program_states_its_limits(llama_folder, tmp_path):
    run(llama_folder, tmp_path / "tiny", context=64, chunk=16, role="chat", verify=False)
    plans = deserialize_pte_binary((tmp_path / "tiny/model.pte").read_bytes()).program.execution_plan
    constants = {p.name: p.values[p.outputs[0]].val.int_val for p in plans if p.name != "forward"}
    assert constants == {
        "get_max_context_len": 64, "get_max_seq_len": 16, "get_vocab_size": 384, "get_max_logit_rows": 16,
    }  # fmt: skip


def test_a_tied_embedding_is_stored_once(gemma_folder, tmp_path):
    run(gemma_folder, tmp_path / "tiny", quantize="8", verify=False)
    data = deserialize_pte_binary((tmp_path / "tiny/model.pte").read_bytes()).named_data
    words = [key for key in data.pte_data if key.endswith(".words_u32")]
    assert len([key for key in words if "embed" in key or "head" in key]) == 1
    assert (tmp_path / "tiny/model.pte").stat().st_size < sum(map(len, data.buffers)) + 120_000


def test_large_constants_lie_on_page_borders(tmp_path):
    path = tmp_path / "large.pte"
    lower(Apply(lambda x, w: x @ w, w=torch.randn(256, 300)), (torch.randn(2, 256),), None, path, {})
    raw = path.read_bytes()
    base = struct.unpack_from("<Q", raw, 24)[0]
    segments = deserialize_pte_binary(raw).named_data
    large = max(segments.buffers, key=len)
    assert base % PAGE == 0 and raw.index(bytes(large)) % PAGE == 0


def test_large_constants_go_to_the_file_as_they_are_made(llama_folder, tmp_path, monkeypatch):
    """The same program, whether its constants were held in memory or placed one by one; and twice the same bytes."""
    for name, large in (("held", 1 << 40), ("placed", 256), ("again", 256)):
        monkeypatch.setattr("pteron_export.program_file.LARGE", large)
        monkeypatch.setattr("pteron_export.lowering.LARGE", large)
        run(llama_folder, tmp_path / name, quantize="8", verify=False)
    raw = (tmp_path / "placed/model.pte").read_bytes()
    assert raw == (tmp_path / "again/model.pte").read_bytes()
    held, placed = (_constants((tmp_path / name / "model.pte").read_bytes()) for name in ("held", "placed"))
    assert placed == held and len(placed) > 40
    words = next(value for key, value in placed.items() if key.endswith("layers.0.mlp.down_proj.words_u32"))
    assert raw.index(words) % PAGE == 0


def _constants(raw: bytes) -> dict[str, bytes]:
    data = deserialize_pte_binary(raw).named_data
    return {key: bytes(data.buffers[entry.buffer_index]) for key, entry in data.pte_data.items()}


def test_a_disagreeing_program_is_not_installed(llama_folder, tmp_path, monkeypatch):
    class Wrong(EagerRunner):
        def logits(self, program, calls):
            return super().logits(program, calls) * 0.5

    run(llama_folder, tmp_path / "tiny", verify=False)
    before = (tmp_path / "tiny/model.json").read_bytes()
    monkeypatch.setattr(exporter, "choose_runner", Wrong)
    with pytest.raises(ExportError, match="program_invalid: The program's perplexity differs"):
        run(llama_folder, tmp_path / "tiny")
    assert (tmp_path / "tiny/model.json").read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == ["tiny"]


def test_a_full_disk_leaves_nothing_behind(llama_folder, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporter, "write_program", full)
    with pytest.raises(ExportError, match="disk_full.*Free some space"):
        run(llama_folder, tmp_path / "tiny")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_export_is_cleaned_up_by_the_next(llama_folder, tmp_path):
    killed = tmp_path / ".tiny.999999999.abc"
    killed.mkdir()
    (killed / "model.pte").write_bytes(b"half")
    running = tmp_path / f".tiny.{os.getpid()}.abc"
    running.mkdir()
    run(llama_folder, tmp_path / "tiny", verify=False, role="chat")
    assert sorted(f.name for f in tmp_path.iterdir()) == [running.name, "tiny"]


def test_an_ended_export_leaves_nothing(llama_folder, tmp_path):
    command = [sys.executable, "-m", "pteron_export", str(llama_folder), "--id", "tiny", "--role", "chat"]
    process = subprocess.Popen([*command, "--out", str(tmp_path / "tiny")], stdout=subprocess.PIPE, text=True)
    while "loading weights" not in process.stdout.readline():
        assert process.poll() is None
    process.terminate()
    assert process.wait() == 130
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_hash_is_refused(llama_folder, tmp_path):
    with pytest.raises(ExportError, match="program_invalid.*not 00.*download it again"):
        run(llama_folder, tmp_path / "tiny", sha256="00" * 32)


def test_damaged_folders(llama_folder, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    with pytest.raises(ExportError, match="file_not_found: broken holds no config.json"):
        run(broken, tmp_path / "tiny")
    (broken / "config.json").write_text((llama_folder / "config.json").read_text())
    with pytest.raises(ExportError, match="holds no safetensors"):
        run(broken, tmp_path / "tiny")
    (broken / "model.safetensors").write_bytes((llama_folder / "model.safetensors").read_bytes()[:5000])
    with pytest.raises(ExportError, match="program_invalid: model.safetensors is damaged"):
        run(broken, tmp_path / "tiny")
    (broken / "config.json").write_text(json.dumps({"architectures": ["MambaForCausalLM"]}))
    with pytest.raises(ExportError, match="program_unsupported.*MambaForCausalLM"):
        run(broken, tmp_path / "tiny")


def test_the_command_line_prints_coded_errors(tmp_path, capsys):
    assert main([str(tmp_path / "none"), "--id", "x", "--role", "chat", "--out", str(tmp_path / "x")]) == 1
    assert capsys.readouterr().err.startswith("file_not_found: There is no file or folder")
    assert main([str(tmp_path), "--id", "x", "--role", "chat", "--context", "3"]) == 1
    assert capsys.readouterr().err.startswith("invalid_argument: --context 3")
    with pytest.raises(SystemExit) as usage:
        main(["--role", "sing"])
    assert usage.value.code == 2
