"""Keys and values in other types: what the program computes is what the eager model does, and rounding costs what it should."""

import numpy as np
import pytest
import torch

from pteron_export import models as recipes
from pteron_export.errors import ExportError
from pteron_export.fixtures.models import GEMMA, LLAMA
from pteron_export.inspect import node_counts
from pteron_export.lowering import lower_language_model
from pteron_export.models.kv_store import KV_TYPES, QuantizedStore, kv_store
from pteron_export.models.layers import Limits
from pteron_export.reference import logits_of, program_weights, transformers_model
from pteron_export.run_program import Call, EagerRunner, choose_runner
from pteron_export.weights import load_weights

SIZES = {"hidden_size": 64, "intermediate_size": 128, "head_dim": 32, "max_position_embeddings": 256}
CONFIGS = {"LlamaForCausalLM": LLAMA | SIZES, "Gemma3ForCausalLM": GEMMA | SIZES}
ALLOWED = {"fp32": 1e-4, "fp16": 5e-3, "bf16": 0.1, "8": 0.1, "4": 1.0}
# Of the program from the eager model: sums in another order, and what lies between two codes may go either way.
APART = {"fp32": 2e-3, "fp16": 2e-3, "bf16": 1e-2, "8": 0.05, "4": 0.5}


def build(architecture: str, kv: str):
    recipe, config = recipes.recipe_for(architecture), CONFIGS[architecture]
    model = recipe.build(config, Limits(160, 32, torch.float32, kv))
    generator = torch.Generator().manual_seed(3)
    shapes = {name: p.shape for name, p in model.named_parameters()}

    def weight(name: str) -> torch.Tensor:
        if name.endswith("norm.weight"):
            return 1 + 0.1 * torch.randn(shapes[name], generator=generator)
        return torch.randn(shapes[name], generator=generator) * (0.1 if "embed" in name else shapes[name][1] ** -0.5)

    load_weights(model, weight, torch.float32)
    return model, transformers_model(recipe, config, program_weights(model))


@pytest.mark.parametrize("architecture", CONFIGS)
@pytest.mark.parametrize("kv", KV_TYPES)
def test_a_cache_of_each_type(architecture, kv, tmp_path):
    model, hf = build(architecture, kv)
    ids = torch.randint(0, 384, (90,), generator=torch.Generator().manual_seed(7)).tolist()
    calls = [Call(ids[at : at + 16], at, list(range(len(ids[at : at + 16])))) for at in range(0, 90, 16)]
    other = ids[:9]
    calls += [Call(other, 50, list(range(9))), Call(ids[10:11], 59, [0])]  # back to 50, and one token on
    eager = EagerRunner(model).logits(None, calls)
    reference = logits_of(hf, ids).numpy()
    again = logits_of(hf, ids[:50] + other + ids[10:11]).numpy()[50:]
    assert np.abs(eager[:90] - reference).max() < ALLOWED[kv]
    assert np.abs(eager[90:] - again).max() < ALLOWED[kv]
    lower_language_model(model, model.limits, 384, tmp_path / "model.pte", lambda _: None)
    program = choose_runner(model).logits(tmp_path / "model.pte", calls)
    assert np.abs(program - eager).max() < APART[kv]
    nodes = node_counts(tmp_path / "model.pte")
    assert nodes["SdpaNode"] == 3 and nodes.get("DequantizeNode", 0) == (6 if kv in ("8", "4") else 0)


@pytest.mark.parametrize(("bits", "steps"), [(8, 255), (4, 15)])
def test_a_row_comes_back_within_half_a_step(bits, steps):
    store = QuantizedStore(2, 64, 40, bits, torch.float32)
    k, v = (torch.randn(1, 2, 7, 64, generator=torch.Generator().manual_seed(i)) * 3 + i for i in (1, 2))
    v[0, 1, 3] = 1.5  # a row without a range
    store.write(k, v, 5)
    for held, read in zip((k, v), store.read(5, 12, torch.float32), strict=True):
        groups = held.unflatten(-1, (-1, store.group))
        step = (groups.amax(-1, keepdim=True) - groups.amin(-1, keepdim=True)) / steps
        assert ((read - held).unflatten(-1, (-1, store.group)).abs() <= step / 2 + 1e-5).all()
    assert all(not part.any() for part in store.read(0, 5, torch.float32))


def test_scales_are_those_that_the_cache_holds():
    """In bf16 a scale is rounded: codes that were chosen for the exact one would miss by a step at the range's end."""
    store = QuantizedStore(1, 64, 8, 8, torch.bfloat16)
    k = torch.linspace(-3.01, 7.77, 64).repeat(1, 1, 8, 1)
    store.write(k, -k, 0)
    read, _ = store.read(0, 8, torch.float32)
    step = (7.77 + 3.01) / 255
    assert (read - k).abs().max() < 1.5 * step + 7.77 * 2**-8  # and the value itself is rounded to bf16 once


def test_heads_that_no_group_divides_are_refused():
    with pytest.raises(ExportError, match="invalid_argument: Heads of 80 values.*--kv bf16"):
        kv_store(2, 80, 16, Limits(16, 8, torch.bfloat16, "8"))
