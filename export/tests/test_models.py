"""The models written for export against transformers, and the families' peculiarities against its configuration code."""

import pytest
import torch
from transformers import AutoConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from pteron_export import models
from pteron_export.errors import ExportError
from pteron_export.fixtures.models import CHUNK, GEMMA, LLAMA, LLAMA3_ROPE, WINDOW
from pteron_export.models import gemma3, llama
from pteron_export.models.cache import window_mask
from pteron_export.models.layers import Limits
from pteron_export.reference import logits_of


@torch.no_grad()
def feed(model, ids, position=0, chunk=CHUNK):
    """Logits of every row, fed in chunks."""
    parts = []
    for start in range(0, len(ids), chunk):
        part = ids[start : start + chunk]
        parts.append(model(torch.tensor([part]), torch.tensor([position + start]), torch.arange(len(part)))[0])
    return torch.cat(parts)


def test_prefill_in_chunks_equals_transformers(pair, random_ids):
    ours, hf = pair
    assert len(random_ids) > 2 * WINDOW and len(random_ids) > 2 * CHUNK
    expected = logits_of(hf, random_ids)
    for chunk in (CHUNK, 7, 1):
        assert (feed(ours, random_ids, chunk=chunk) - expected).abs().max() < 1e-4


def test_any_rewind_continues_as_if_the_rest_had_never_been(pair, random_ids):
    ours, hf = pair
    feed(ours, random_ids)
    for position in (60, 33, 5, 0):
        other = list(reversed(random_ids))[:20]
        expected = logits_of(hf, random_ids[:position] + other)[position:]
        assert (feed(ours, other, position) - expected).abs().max() < 1e-4
        feed(ours, random_ids[position:], position)


def test_only_the_rows_asked_for_come_back(pair):
    ours, _ = pair
    with torch.no_grad():
        every = ours(torch.tensor([[5, 6, 7, 8]]), torch.tensor([0]), torch.arange(4))
        some = ours(torch.tensor([[5, 6, 7, 8]]), torch.tensor([0]), torch.tensor([3, 1, 1]))
    assert some.dtype == torch.float32
    torch.testing.assert_close(some, every[:, [3, 1, 1]], rtol=0, atol=1e-5)


def test_the_window_mask_is_transformers_sliding_mask():
    for position, queries in ((0, 5), (3, 4), (30, 6)):
        mask = window_mask(position, queries, 8)
        for i in range(queries):
            for j in range(queries + 7):
                key = position + 1 - 8 + j
                assert bool(mask[i, j]) == (0 <= key <= position + i and position + i - key < 8)


def gemma_config(**changes) -> dict:
    return AutoConfig.for_model("gemma3_text", **{k: v for k, v in GEMMA.items() if k != "model_type"} | changes).to_dict()


def test_gemma_layers_alternate_as_transformers_says():
    hf = AutoConfig.for_model("gemma3_text", num_hidden_layers=20)
    assert gemma3.layer_types_of({"num_hidden_layers": 20}) == hf.layer_types
    assert gemma3.layer_types_of({"num_hidden_layers": 18, "sliding_window_pattern": 6}).count("full_attention") == 3


def test_gemma_has_two_rope_bases_in_new_and_old_configurations():
    new = gemma_config(hidden_size=32)
    assert gemma3.rope_of(new, "sliding_attention") == (10_000.0, 1.0)
    assert gemma3.rope_of(new, "full_attention") == (1_000_000.0, 1.0)
    old = {"rope_theta": 1e6, "rope_local_base_freq": 1e4, "rope_scaling": {"rope_type": "linear", "factor": 8.0}}
    assert gemma3.rope_of(old, "sliding_attention") == (10_000.0, 1.0)
    assert gemma3.rope_of(old, "full_attention") == (1_000_000.0, 0.125)


def test_gemma_scales_scores_by_query_pre_attn_scalar():
    config = gemma_config(hidden_size=32, intermediate_size=64, query_pre_attn_scalar=100)
    assert gemma3.build(config, Limits(32, 8)).layers[0].self_attn.scale == pytest.approx(0.1)


def test_gemma_norm_weights_are_stored_less_one():
    weight = torch.tensor([0.25, -0.5])
    applied = gemma3.adapt_tensor("layers.0.input_layernorm.weight", weight)
    assert applied.tolist() == [1.25, 0.5]
    assert torch.equal(gemma3.to_transformers("layers.0.input_layernorm.weight", applied), weight)
    assert torch.equal(gemma3.adapt_tensor("layers.0.mlp.up_proj.weight", weight), weight)


def test_gemma_soft_caps():
    with pytest.raises(ExportError, match="Gemma 2"):
        gemma3.build(gemma_config(hidden_size=32) | {"attn_logit_softcapping": 50.0}, Limits(32, 8))
    model = gemma3.build(gemma_config(hidden_size=32, intermediate_size=64) | {"final_logit_softcapping": 3.0}, Limits(32, 8))
    assert model.softcap == 3.0


def test_llama3_wavelengths_are_transformers():
    config = AutoConfig.for_model("llama", **{k: v for k, v in LLAMA.items() if k != "model_type"} | {
        "hidden_size": 64, "rope_parameters": LLAMA3_ROPE})  # fmt: skip
    inverse, factor = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
    assert factor == 1.0
    base, scale, wavelengths = llama.rope_of(config.to_dict())
    torch.testing.assert_close(1 / wavelengths, inverse, rtol=1e-5, atol=0)
    assert (base, scale) == (10_000.0, 1.0)


def test_llama_rope_kinds():
    assert llama.rope_of({"rope_theta": 5e5})[:2] == (5e5, 1.0)
    assert llama.rope_of({"rope_theta": 1e4, "rope_scaling": {"type": "linear", "factor": 2.0}})[:2] == (1e4, 0.5)
    with pytest.raises(ExportError, match="yarn"):
        llama.rope_of({"rope_scaling": {"rope_type": "yarn"}})


def test_an_unknown_architecture_names_itself_and_the_nearest_recipe():
    with pytest.raises(ExportError, match=r"program_unsupported: .*'Gemma2ForCausalLM'.*nearest is 'gemma3'"):
        models.recipe_for("Gemma2ForCausalLM")
    assert models.recipe_for("LlamaForCausalLM") is models.recipe_for("llama") is llama
