import gguf
import pytest
import torch
from gguf import GGMLQuantizationType as Type
from tokenizers import Tokenizer

from pteron_export.quantization import AffineTensor
from pteron_export.checkpoints import open_checkpoint
from pteron_export.checkpoints.gguf_file import open_gguf
from pteron_export.errors import ExportError
from pteron_export.fixtures.tokenizer import CHATML_MARKERS, CHATML_TEMPLATE, SCRAP, train
from pteron_export.models import phi3

from .conftest import case
from .gguf_maker import write_gguf


@pytest.mark.parametrize("kind", [Type.Q4_1, Type.Q8_0], ids=lambda k: k.name)
@pytest.mark.parametrize("id", ["tiny-llama", "tiny-gemma3", "tiny-phi3", "tiny-qwen2", "tiny-qwen3"])
def test_every_weight_comes_out_as_the_file_holds_it(id, kind, tmp_path):
    held = write_gguf(id, tmp_path / "tiny.gguf", kind)
    checkpoint = open_gguf(tmp_path / "tiny.gguf")
    assert checkpoint.quantization == f"gguf:{kind.name}" and checkpoint.notes == []
    for name, expected in held.items():
        weight = checkpoint.get(name)
        if expected.dim() == 2:
            assert isinstance(weight, AffineTensor)
            weight = weight.dequantize()
        torch.testing.assert_close(weight, expected, rtol=0, atol=0)
        torch.testing.assert_close(checkpoint.get_exact(name), expected, rtol=0, atol=0)
    assert checkpoint.get("layers.99.mlp.up_proj.weight") is None


def test_configuration_of_gemma(tmp_path):
    write_gguf("tiny-gemma3", tmp_path / "tiny.gguf")
    config = open_gguf(tmp_path / "tiny.gguf").config
    assert config["layer_types"] == ["sliding_attention", "full_attention", "sliding_attention"]
    assert config["rope_parameters"]["sliding_attention"]["rope_theta"] == 10_000
    assert config["rope_parameters"]["full_attention"]["rope_theta"] == 1_000_000
    assert (config["sliding_window"], config["head_dim"], config["vocab_size"]) == (24, 16, 384)
    assert config["tie_word_embeddings"] is True


@pytest.mark.parametrize("id", ["tiny-llama", "tiny-phi3", "tiny-qwen2", "tiny-qwen3"])
def test_the_configuration_is_that_of_the_checkpoint(id, tmp_path):
    write_gguf(id, tmp_path / "tiny.gguf")
    config, original = open_gguf(tmp_path / "tiny.gguf").config, case(id).config
    for key in ("model_type", "hidden_size", "num_hidden_layers", "num_key_value_heads", "head_dim", "tie_word_embeddings"):
        assert config[key] == original[key]
    assert config.get("sliding_window") == original.get("sliding_window")


def test_longrope_comes_out_as_in_the_checkpoint(tmp_path):
    write_gguf("tiny-phi3", tmp_path / "tiny.gguf")
    limits = case("tiny-phi3").limits
    ours, theirs = open_gguf(tmp_path / "tiny.gguf").config, case("tiny-phi3").config
    for found, expected in zip(*(phi3.rope_of(phi3.settle(c, limits)[0]) for c in (ours, theirs)), strict=True):
        torch.testing.assert_close(torch.as_tensor(found), torch.as_tensor(expected))


def test_a_scaling_that_is_not_supported_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(gguf.GGUFWriter, "add_rope_freq_base", _write_yarn)
    write_gguf("tiny-qwen2", tmp_path / "tiny.gguf")
    checkpoint = open_gguf(tmp_path / "tiny.gguf")
    with pytest.raises(ExportError, match="program_unsupported: The RoPE scaling 'yarn'"):
        checkpoint.recipe.build(checkpoint.config, case("tiny-qwen2").limits)


def _write_yarn(writer: gguf.GGUFWriter, _: float) -> None:
    writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
    writer.add_rope_scaling_factor(4.0)


@pytest.mark.parametrize("id", ["tiny-llama", "tiny-phi3", "tiny-qwen2", "tiny-qwen3"])
def test_tokenizer_encodes_as_the_original_and_keeps_control_tokens_whole(id, tmp_path):
    write_gguf(id, tmp_path / "tiny.gguf")
    checkpoint = open_gguf(tmp_path / "tiny.gguf")
    checkpoint.write_tokenizer(tmp_path)
    written, original = Tokenizer.from_file(str(tmp_path / "tokenizer.json")), train(CHATML_MARKERS, None)
    assert written.encode(SCRAP, add_special_tokens=False).tokens == original.encode(SCRAP).tokens
    assert written.encode("<|im_start|>user", add_special_tokens=False).ids[0] == 1
    assert (tmp_path / "chat_template.jinja").read_text() == CHATML_TEMPLATE
    assert (checkpoint.bos, checkpoint.eos, checkpoint.add_bos) == (1, [2], False)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_truncated_file_is_named_as_such(keep, tmp_path):
    path = tmp_path / "tiny.gguf"
    write_gguf("tiny-llama", path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(ExportError, match="program_invalid: tiny.gguf .*get it again"):
        open_gguf(path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "notes.gguf"
    path.write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(ExportError, match="program_invalid: notes.gguf is not a GGUF file"):
        open_checkpoint(path)
    with pytest.raises(ExportError, match="file_not_found"):
        open_checkpoint(tmp_path / "nothing.gguf")


def test_an_unknown_architecture_is_named(tmp_path):
    write_gguf("tiny-llama", tmp_path / "tiny.gguf", architecture="mamba")
    with pytest.raises(ExportError, match="program_unsupported: The architecture 'mamba'"):
        open_gguf(tmp_path / "tiny.gguf")
