"""What is special to Phi, read off transformers' own code."""

import pytest
import torch
from transformers import AutoConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from pteron_export.errors import ExportError
from pteron_export.fixtures.models import CHUNK, CONTEXT, PHI, Case, build
from pteron_export.models import phi3
from pteron_export.models.layers import Limits
from pteron_export.reference import logits_of, program_weights, transformers_model

from .test_models import feed

_SIZES = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
_ORIGINAL = PHI["original_max_position_embeddings"]


def settings(**changes):
    """transformers' configuration of the tiny model."""
    return AutoConfig.for_model(**(PHI | _SIZES | changes))


@pytest.mark.parametrize(("context", "length"), [(_ORIGINAL, None), (_ORIGINAL + 1, _ORIGINAL + 1)])
def test_longrope_is_transformers_on_either_side_of_the_original_context(context, length):
    config = settings()
    inverse, scale = ROPE_INIT_FUNCTIONS["longrope"](config, "cpu", seq_len=length)
    chosen, remarks = phi3.settle(config.to_dict(), Limits(context, CHUNK))
    rotated, wavelengths, own_scale = phi3.rope_of(chosen)
    torch.testing.assert_close(1 / wavelengths, inverse, rtol=1e-6, atol=0)
    assert own_scale == pytest.approx(scale) and scale > 1
    assert rotated == 2 * len(inverse) == 12
    assert bool(remarks) == (context > _ORIGINAL)
    assert all(f"--context {_ORIGINAL}" in remark for remark in remarks)


@pytest.mark.parametrize("changes", [{"attention_factor": 1.5}, {"factor": 2.0}, {"factor": 0.5}])
def test_longrope_scales_as_its_parameters_say(changes):
    config = settings(rope_parameters=PHI["rope_parameters"] | changes)
    _, scale = ROPE_INIT_FUNCTIONS["longrope"](config, "cpu")
    assert phi3.rope_of(config.to_dict())[2] == pytest.approx(scale)


def test_a_settled_configuration_has_the_same_factors_at_every_length():
    chosen, _ = phi3.settle(settings().to_dict(), Limits(CONTEXT, CHUNK))
    config = AutoConfig.for_model(**chosen)
    short, _ = ROPE_INIT_FUNCTIONS["longrope"](config, "cpu", seq_len=1)
    long, _ = ROPE_INIT_FUNCTIONS["longrope"](config, "cpu", seq_len=CONTEXT)
    assert torch.equal(short, long)
    assert phi3.settle(chosen, Limits(CONTEXT, CHUNK))[0] == chosen


def test_keys_of_the_hub_s_older_configurations_mean_the_same():
    old = {k: v for k, v in PHI.items() if k != "rope_parameters"} | _SIZES | {"partial_rotary_factor": 0.75, "rope_theta": 10_000.0}
    rope = PHI["rope_parameters"]
    scaling = {"type": "longrope", "short_factor": rope["short_factor"], "long_factor": rope["long_factor"]}
    config = AutoConfig.for_model(**old, rope_scaling=scaling).to_dict()
    for ours, theirs in zip(phi3.rope_of(config), phi3.rope_of(settings().to_dict()), strict=True):
        assert torch.equal(torch.as_tensor(ours), torch.as_tensor(theirs))


@pytest.mark.parametrize("changes", [
    {"max_position_embeddings": _ORIGINAL},  # short factors, no scale
    {"rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 0.5}},  # Phi-3 mini 4k
    {"sliding_window": 20},  # as in Phi-3 mini 4k, whose window is less than its context
])  # fmt: skip
def test_variants_equal_transformers(changes, random_ids):
    ids = random_ids[:_ORIGINAL]
    tiny = Case("phi-variant", PHI | _SIZES | changes)
    model, recipe = build(tiny)
    hf = transformers_model(recipe, tiny.reference_config, program_weights(model))
    assert model.window == (20 if "sliding_window" in changes else None)
    assert (feed(model, ids) - logits_of(hf, ids)).abs().max() < 1e-4


def test_a_scale_is_applied_in_fp32():
    attention = phi3.build(settings().to_dict(), Limits(CONTEXT, CHUNK, torch.bfloat16)).layers[0].self_attn
    scale = phi3.rope_of(settings().to_dict())[2]
    assert attention.scales.dtype == torch.float32
    assert attention.scales.tolist() == pytest.approx([scale] * 12 + [1.0] * 4)


def test_what_is_not_supported_is_refused():
    with pytest.raises(ExportError, match="program_unsupported: Phi with RoPE scaling 'dynamic'"):
        phi3.rope_of(settings().to_dict() | {"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e4}})
    with pytest.raises(ExportError, match="program_unsupported: The activation 'gelu'"):
        phi3.build(settings(hidden_act="gelu").to_dict(), Limits(32, 8))
