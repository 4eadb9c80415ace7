"""What a program is said to need: its state exactly, its work area as an upper bound of what is alive at once."""

import pytest
import torch

from pteron_export import models as recipes
from pteron_export.context import bits_of, default_context
from pteron_export.fixtures.models import CASES, GEMMA, LLAMA, WINDOW
from pteron_export.memory_plan import FIXED, LOGITS_KEPT, POOL_SHARE, plan_memory, state_bytes
from pteron_export.models.layers import MAX_LOGIT_ROWS, Limits
from pteron_export.quantization.scheme import parse_scheme

WIDE = {"hidden_size": 64, "intermediate_size": 256, "head_dim": 32, "num_hidden_layers": 3}
LIMITS = Limits(1024, 128, torch.float32)


def gemma(limits: Limits = LIMITS):
    return recipes.recipe_for("Gemma3ForCausalLM").build(GEMMA | WIDE, limits)


def llama(limits: Limits = LIMITS):
    return recipes.recipe_for("LlamaForCausalLM").build(LLAMA | WIDE, limits)


@pytest.mark.parametrize(("kv", "row"), [("fp32", 32 * 4), ("bf16", 32 * 2), ("fp16", 32 * 2), ("8", 32 + 8), ("4", 16 + 8)])
def test_state_is_counted_by_token_and_window(kv, row):
    """Rows of 2 key heads, of keys and of values, in 3 layers; quantized ones with a scale and a bias in fp32 a group of 32."""
    limits = Limits(1024, 128, torch.float32, kv)
    per_token = 2 * 2 * row
    assert state_bytes(llama(limits), limits) == (0, 3 * per_token)
    assert state_bytes(gemma(limits), limits) == (2 * WINDOW * per_token, 3 * per_token)
    plan = plan_memory(gemma(limits), limits, 384, 1000)
    assert (plan.fixed_state, plan.state_per_token) == (2 * WINDOW * per_token, 3 * per_token)
    held = sum(b.nbytes for b in gemma(limits).buffers() if not b.is_meta)
    assert plan.needed(1024) == 1000 + held + plan.work


def test_work_covers_what_is_alive_at_once():
    """A gated MLP holds its input, the norm's output and three rows of the inner size."""
    plan = plan_memory(llama(), LIMITS, 384, 0)
    alive = 128 * 4 * (2 * 64 + 3 * 256)
    logits = (MAX_LOGIT_ROWS + LOGITS_KEPT) * 384 * 4
    assert alive <= (plan.work - FIXED - logits) / POOL_SHARE <= 1.5 * alive


def test_work_grows_with_the_chunk_and_not_with_the_context():
    work = lambda context, chunk: plan_memory(llama(l := Limits(context, chunk)), l, 384, 0).work - FIXED  # noqa: E731
    assert work(4096, 128) == work(1024, 128)
    assert work(1024, 256) > 1.8 * work(1024, 128)


def test_every_family_is_planned():
    for case in CASES:
        limits = Limits(160, 16)
        recipe = recipes.recipe_for({"gemma3_text": "gemma3"}.get(case.config["model_type"], _class(case.config["model_type"])))
        config, _ = recipes.settle(recipe, case.config, limits)
        plan = plan_memory(recipe.build(config, limits), limits, 384, 0)
        assert plan.work > FIXED and plan.state_per_token + plan.fixed_state > 0, case.id


def _class(model_type: str) -> str:
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    assert AutoConfig.for_model(model_type)
    return MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[model_type]


def test_the_longest_context_that_fits():
    plan = plan_memory(llama(), LIMITS, 384, 10_000)
    assert plan.longest_context(plan.needed(700)) == 700
    assert plan.longest_context(plan.needed(0) - 10_000) < 0


def test_the_default_context_is_as_trained_but_32k_at_most_and_fits_the_machine():
    limits = Limits(0, 128)
    choose = lambda trained, memory: default_context(llama, trained, limits, lambda count: 9, memory)  # noqa: E731
    assert choose(131_072, 64 << 30) == 32_768
    assert choose(8192, 64 << 30) == 8192
    per_token = 3 * 2 * 2 * 32 * 2
    assert choose(131_072, round(20_000 * per_token / 0.75)) == 19_456  # the weights take some of it
    assert choose(131_072, 1) == 4096
    assert choose(2048, 1) == 2048


def test_bits_of_a_weight():
    bits = lambda scheme: bits_of(parse_scheme(scheme).base, torch.bfloat16)  # noqa: E731
    assert [bits(s) for s in ("none", "8", "4", "nvfp4", "keep")] == [16, 9, 5, 4.5, 9]
