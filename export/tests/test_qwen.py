"""What is special to Qwen 2.5 and Qwen 3, read off transformers' own classes."""

import pytest
from transformers import AutoConfig, AutoModelForCausalLM

from pteron_export.fixtures.models import CHUNK, CONTEXT, QWEN2, QWEN3, Case, build
from pteron_export.models import qwen2, qwen3
from pteron_export.models.layers import Limits
from pteron_export.reference import logits_of, program_weights, transformers_model, weight_names

from .test_models import feed

_SIZES = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3}


@pytest.mark.parametrize(("recipe", "config"), [(qwen2, QWEN2), (qwen3, QWEN3), (qwen3, QWEN3 | {"attention_bias": True})])
def test_the_weights_are_those_of_transformers(recipe, config):
    settings = AutoConfig.for_model(**(config | _SIZES))
    theirs = {name.removeprefix("model.") for name, _ in AutoModelForCausalLM.from_config(settings).named_parameters()}
    model = recipe.build(settings.to_dict(), Limits(CONTEXT, CHUNK))
    assert {name for name, _ in weight_names(model)} == theirs


@pytest.mark.parametrize("config", [QWEN2, QWEN3], ids=["qwen2", "qwen3"])
def test_a_sliding_window_counts_only_where_it_is_used(config, random_ids):
    windows = {"sliding_window": 20, "max_window_layers": 1}
    unused = AutoConfig.for_model(**(config | _SIZES | windows), use_sliding_window=False).to_dict()
    used = AutoConfig.for_model(**(config | _SIZES | windows), use_sliding_window=True).to_dict()
    assert build(Case("qwen-unused", unused))[0].window is None
    tiny = Case("qwen-used", used)
    model, recipe = build(tiny)
    assert model.window == 20 and used["layer_types"].count("full_attention") == 1
    hf = transformers_model(recipe, used, program_weights(model))
    assert (feed(model, random_ids) - logits_of(hf, random_ids)).abs().max() < 1e-4
