"""Hybrid models: recurrent state in slots against transformers, going back to a slot, and Qwen 3.5's peculiarities."""

import json

import pytest
import torch
from transformers import AutoConfig
from transformers.models.qwen3_5.modeling_qwen3_5 import Qwen3_5RMSNorm

from pteron_export.checkpoints import open_checkpoint
from pteron_export.errors import ExportError
from pteron_export.fixtures.models import CHUNK, CONTEXT, QWEN3_5, build
from pteron_export.models import qwen3_5
from pteron_export.models.layers import Limits
from pteron_export.models.recurrent import SLOTS
from pteron_export.reference import logits_of
from pteron_export.weights import load_weights

from .conftest import case, save_checkpoint


@torch.no_grad()
def feed(model, ids, position=0, chunk=CHUNK, read=0, write=1):
    """Logits of every row, fed in chunks that go from `read` to `write` and on in place."""
    parts = []
    for start in range(0, len(ids), chunk):
        part = torch.tensor([ids[start : start + chunk]])
        where = torch.tensor([position + start]), torch.arange(part.shape[1]), torch.tensor([read, write])
        parts.append(model(part, *where)[0])
        read = write
    return torch.cat(parts)


def test_prefill_in_chunks_equals_transformers(hybrid_pair, random_ids):
    ours, hf = hybrid_pair
    expected = logits_of(hf, random_ids)
    for chunk in (CHUNK, 7, 1):
        assert (feed(ours, random_ids, chunk=chunk) - expected).abs().max() < 1e-4


def test_a_slot_continues_as_if_the_rest_had_never_been(hybrid_pair, random_ids):
    ours, hf = hybrid_pair
    feed(ours, random_ids[:20], write=2)
    feed(ours, random_ids[20:50], 20, read=2, write=3)
    feed(ours, random_ids[50:], 50, read=3, write=4)
    other = list(reversed(random_ids))[:20]
    for position, slot in ((50, 3), (20, 2), (0, 0)):
        expected = logits_of(hf, random_ids[:position] + other)[position:]
        assert (feed(ours, other, position, read=slot, write=5) - expected).abs().max() < 1e-4
        feed(ours, random_ids[position:], position, read=slot, write=6)  # so that the attention's cache is as it was


def test_the_first_slot_is_never_written_by_itself(hybrid_pair, random_ids):
    ours, _ = hybrid_pair
    feed(ours, random_ids)
    states = [buffer for name, buffer in ours.named_buffers() if name.endswith(".slots")]
    assert len(states) == 6 and all(state.shape[2] == SLOTS and not state[:, :, 0].any() for state in states)


@pytest.mark.parametrize("published", [False, True])
def test_a_checkpoint_gives_transformers_logits(tmp_path, random_ids, published):
    """As transformers saves it, and as published: the text part of an image model, experts one by one or together."""
    from safetensors.torch import load_file, save_file

    folder = save_checkpoint("tiny-qwen3_5-moe", tmp_path)
    if published:
        tensors = load_file(folder / "model.safetensors")
        renamed = {name.replace("model.", "model.language_model.", 1): tensor for name, tensor in tensors.items()}
        save_file(renamed | {"mtp.fc.weight": torch.zeros(2, 2)}, folder / "model.safetensors")
        text = json.loads((folder / "config.json").read_text())
        tied = text.pop("tie_word_embeddings")
        whole = {
            "architectures": ["Qwen3_5MoeForConditionalGeneration"], "model_type": "qwen3_5_moe", "tie_word_embeddings": tied,
        }  # fmt: skip
        (folder / "config.json").write_text(json.dumps(whole | {"text_config": text}))
    checkpoint = open_checkpoint(folder)
    model = checkpoint.recipe.build(checkpoint.config, Limits(CONTEXT, CHUNK, torch.float32))
    load_weights(model, checkpoint.get, torch.float32)
    ours, recipe = build(case("tiny-qwen3_5-moe"))
    assert recipe is checkpoint.recipe
    torch.testing.assert_close(feed(model, random_ids), feed(ours, random_ids), rtol=0, atol=1e-4)


def config(**changes) -> dict:
    sizes = {"hidden_size": 32, "intermediate_size": 64}
    return AutoConfig.for_model("qwen3_5_text", **{k: v for k, v in QWEN3_5.items() if k != "model_type"} | sizes | changes).to_dict()


def test_layers_alternate_as_transformers_says():
    hf = AutoConfig.for_model("qwen3_5_text", num_hidden_layers=8)
    assert qwen3_5.layer_types_of({"num_hidden_layers": 8}) == hf.layer_types
    assert qwen3_5.layer_types_of(config(layer_types=["full_attention"] * 4)) == ["full_attention"] * 4


def test_a_part_of_each_head_is_rotated():
    assert qwen3_5.rope_of(config()) == (8, 10_000.0)
    assert qwen3_5.rope_of(AutoConfig.for_model("qwen3_5_text").to_dict() | {"head_dim": 256})[0] == 64
    with pytest.raises(ExportError, match="yarn"):
        qwen3_5.rope_of(config() | {"rope_parameters": {"rope_type": "yarn"}})


def test_stored_tensors_become_what_is_applied_and_back():
    norm, gates, taps = torch.tensor([0.25, -0.5]), torch.tensor([0.3, -1.0]), torch.randn(6, 1, 4)
    x = torch.randn(3, 2)
    theirs = Qwen3_5RMSNorm(2)
    theirs.weight.data = norm
    applied = qwen3_5.adapt_tensor("layers.0.input_layernorm.weight", norm)
    torch.testing.assert_close(torch.nn.functional.rms_norm(x, (2,), applied, 1e-6), theirs(x).detach())
    assert torch.equal(qwen3_5.adapt_tensor("layers.0.linear_attn.norm.weight", norm), norm)
    for name, back, tensor in (
        ("layers.0.linear_attn.A_log.weight", "model.layers.0.linear_attn.A_log", gates),
        ("layers.0.linear_attn.conv1d.weight", "model.layers.0.linear_attn.conv1d.weight", taps),
        ("norm.weight", "model.norm.weight", norm),
    ):
        torch.testing.assert_close(qwen3_5.to_transformers(back, qwen3_5.adapt_tensor(name, tensor)), tensor)


def test_layers_are_recurrent_where_the_configuration_says():
    model = qwen3_5.build(config(), Limits(32, 8))
    assert [layer.recurrent for layer in model.layers] == [True, True, True, False]
