"""transformers computed layer by layer is transformers."""

import pytest
import torch

from pteron_export.fixtures.models import CASES, build
from pteron_export.reference import logits_of, program_weights, transformers_model
from pteron_export.streamed_reference import StreamedModel

FP32 = [case for case in CASES if case.dtype == torch.float32 and case.bits is None]


@pytest.mark.parametrize("case", FP32, ids=lambda case: case.id)
def test_a_model_filled_part_by_part_computes_the_same(case, random_ids):
    model, recipe = build(case)
    ids, rows = random_ids[:40], [0, 3, *range(10, 39)]
    whole = logits_of(transformers_model(recipe, case.reference_config, program_weights(model)), ids)[rows]
    got, held = torch.full_like(whole, torch.nan), []
    streamed = StreamedModel(recipe, case.reference_config, lambda: program_weights(model), lambda: held.append(_filled(streamed)))
    streamed.logits(ids, rows, lambda part, logits: got.__setitem__(part, logits))
    assert torch.allclose(got, whole, atol=1e-5)
    total = sum(p.numel() for p in streamed._model.parameters())
    assert len(held) >= case.config["num_hidden_layers"] + 3 and max(held) < 0.75 * total
    assert _filled(streamed) == 0


def _filled(streamed: StreamedModel) -> int:
    return sum(p.numel() for p in streamed._model.parameters() if p.device.type != "meta")


def test_weights_that_do_not_fit_are_an_error(random_ids):
    case = FP32[0]
    model, recipe = build(case)
    weights = dict(program_weights(model))

    def run(changed: dict) -> None:
        StreamedModel(recipe, case.reference_config, lambda: iter(changed.items())).logits(random_ids[:8], [7], lambda *_: None)

    with pytest.raises(ValueError, match="wants model.norm.weight, which is not among"):
        run({name: value for name, value in weights.items() if name != "model.norm.weight"})
    with pytest.raises(ValueError, match="no place for model.layers.0.extra"):
        run(weights | {"model.layers.0.extra": torch.zeros(1)})
    with pytest.raises(ValueError, match=r"model.norm.weight is \[3\], transformers wants \[32\]"):
        run(weights | {"model.norm.weight": torch.zeros(3)})
