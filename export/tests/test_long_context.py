"""Positions beyond 32k: rotary embedding, sliding caches and rewinds far from 0, against transformers on the whole sequence."""

import numpy as np
import pytest
import torch

from pteron_export import models as recipes
from pteron_export.fixtures.models import GEMMA, LLAMA, LLAMA3_ROPE, QWEN3
from pteron_export.lowering import lower_language_model
from pteron_export.models.layers import Limits
from pteron_export.reference import program_weights, transformers_model
from pteron_export.run_program import Call, DelegateRunner, choose_runner
from pteron_export.weights import load_weights

LENGTH, CONTEXT, CHUNK = 33_300, 33_792, 512
REWOUND = 32_900
_SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "max_position_embeddings": CONTEXT}
_LLAMA3 = LLAMA3_ROPE | {"rope_theta": 500_000.0, "factor": 32.0, "original_max_position_embeddings": 8192}
CONFIGS = {
    "gemma3": ("Gemma3ForCausalLM", GEMMA | _SMALL | {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 512}),
    "llama3-rope": ("LlamaForCausalLM", LLAMA | _SMALL | {"rope_parameters": _LLAMA3}),
    "qwen3": ("Qwen3ForCausalLM", QWEN3 | _SMALL | {"rope_parameters": {"rope_type": "default", "rope_theta": 1e6}}),
}  # fmt: skip


def build(name: str):
    architecture, config = CONFIGS[name]
    recipe = recipes.recipe_for(architecture)
    model = recipe.build(config, Limits(CONTEXT, CHUNK, torch.float32))
    generator = torch.Generator().manual_seed(11)
    shapes = {n: p.shape for n, p in model.named_parameters()}

    def weight(n: str) -> torch.Tensor:
        if n.endswith("norm.weight"):
            return 1 + 0.3 * torch.randn(shapes[n], generator=generator)
        return torch.randn(shapes[n], generator=generator) * (0.03 if "embed" in n else 1.6 / shapes[n][1] ** 0.5)

    load_weights(model, weight, torch.float32)
    return model, transformers_model(recipe, config, program_weights(model))


@torch.no_grad()
def transformers_logits(hf, ids: list[int], rows: list[int]) -> np.ndarray:
    hf.set_attn_implementation("sdpa")  # the eager kind would hold a score for each pair of tokens
    out = hf(torch.tensor([ids]), use_cache=False, logits_to_keep=torch.tensor(rows))
    return out.logits[0].float().numpy()


@pytest.mark.parametrize("name", CONFIGS)
def test_logits_beyond_32k_are_transformers(name, tmp_path):
    model, hf = build(name)
    runner = choose_runner(model)
    if isinstance(runner, DelegateRunner):
        lower_language_model(model, model.limits, 384, tmp_path / "model.pte", lambda _: None)
    ids = torch.randint(0, 384, (LENGTH,), generator=torch.Generator().manual_seed(5)).tolist()
    calls = [Call(ids[at : at + CHUNK], at, [0, min(CHUNK, LENGTH - at) - 1]) for at in range(0, LENGTH, CHUNK)]
    other = ids[100:116]
    calls.append(Call(other, REWOUND, list(range(16))))  # as if the last 400 tokens had never been
    found = runner.logits(tmp_path / "model.pte", calls)
    rows = [row for call in calls[:-1] for row in (call.position, call.position + len(call.tokens) - 1)]
    far = [i for i, row in enumerate(rows) if row in (0, 511, 16_384) or row > 32_256]
    expected = transformers_logits(hf, ids, [rows[i] for i in far])
    assert np.abs(found[far] - expected).max() < 1e-3
    again = transformers_logits(hf, ids[:REWOUND] + other, list(range(REWOUND, REWOUND + 16)))
    assert np.abs(found[-16:] - again).max() < 1e-3
    print(name, runner.name, np.abs(found[far] - expected).max(), np.abs(found[-16:] - again).max(), expected.std())
