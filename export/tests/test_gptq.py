"""Methods better than rounding: fitted groups, and errors made good for the inputs seen."""

import pytest
import torch

from pteron_export.checkpoints import open_checkpoint
from pteron_export.errors import ExportError
from pteron_export.models.layers import Limits
from pteron_export.quantization import parse_scheme, quantize
from pteron_export.quantization.calibration import calibration_ids, can_calibrate
from pteron_export.quantization.gptq import compensate
from pteron_export.quantization.requantized import Requantized
from pteron_export.weights import load_weights


@pytest.fixture
def random():
    return torch.Generator().manual_seed(11)


def error(weight, held, x=None):
    off = held.dequantize() - weight
    return float((off if x is None else x @ off.T).square().mean())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_fitted_groups_lose_less_than_rounding(bits, dtype, random):
    weight = torch.randn(48, 256, generator=random)
    rounded, fitted = (quantize(weight, f"{bits}:g64:{method}", dtype=dtype) for method in ("round", "fit"))
    assert fitted.scales.dtype == dtype
    each = [(held.dequantize() - weight).reshape(48, 4, 64).square().sum(-1) for held in (rounded, fitted)]
    assert (each[1] <= each[0] * 1.0001).all()
    assert each[1].sum() < {2: 0.7, 3: 0.85, 4: 0.95, 8: 1.0}[bits] * each[0].sum()


def test_weights_that_are_already_on_a_grid_stay_exact():
    held = quantize(torch.randn(8, 64), 4, 32)
    again = quantize(held.dequantize(), "4:g32:fit")
    torch.testing.assert_close(again.dequantize(), held.dequantize(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["4:g64", "2:g32", "nvfp4"])
def test_errors_are_made_good_for_the_inputs_seen(name, random):
    weight, mix = torch.randn(64, 128, generator=random), torch.randn(128, 128, generator=random)
    x = torch.randn(2000, 24, generator=random) @ mix[:24] + 0.3 * torch.randn(2000, 128, generator=random)
    plain, better = quantize(weight, name), quantize(weight, name, products=x.T @ x)
    assert type(plain) is type(better) and plain.shape == better.shape
    assert error(weight, better, x) < 0.6 * error(weight, plain, x)


def test_independent_inputs_leave_nothing_to_make_good(random):
    weight = torch.randn(16, 64, generator=random)
    held = compensate(weight, torch.eye(64) * 7, lambda values, column: values.round())
    assert torch.equal(held, weight.round())


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_few_or_no_inputs_are_enough(rows, random):
    weight, x = torch.randn(16, 128, generator=random), torch.randn(rows, 128, generator=random)
    x[:, 5:20] = 0
    held = quantize(weight, "4", products=x.T @ x)
    assert torch.isfinite(held.dequantize()).all() and error(weight, held) < 0.5


def test_inputs_that_are_no_numbers_are_refused():
    with pytest.raises(ExportError, match="program_invalid.*no numbers.*get it again"):
        quantize(torch.ones(4, 32), "4", products=torch.full((32, 32), torch.nan))


def open_with(folder, scheme):
    checkpoint = open_checkpoint(folder)
    model = checkpoint.recipe.build(checkpoint.config, Limits(160, 160, torch.float32))
    return model, Requantized(checkpoint, parse_scheme(scheme), model)


@torch.no_grad()
def logits(folder, scheme, ids):
    model, held = open_with(folder, scheme)
    held.calibrate(folder / "tokenizer.json")
    load_weights(model, held.get, torch.float32)
    return model(torch.tensor([ids]), torch.tensor([0]), torch.arange(len(ids)))


@pytest.mark.parametrize("family", ["gemma_folder", "llama_folder"])
def test_a_calibrated_model_is_closer_to_the_dense_one(family, request):
    folder = request.getfixturevalue(family)
    ids = calibration_ids(folder / "tokenizer.json", None, 160)
    dense = logits(folder, "fp32", ids)
    off = {m: float((logits(folder, f"3:{m},embedding=none", ids) - dense).square().mean()) for m in ("round", "fit", "gptq")}
    assert off["gptq"] < 0.8 * off["fit"] and off["gptq"] < 0.8 * off["round"]


def test_calibration_quantizes_each_projection_once_in_the_order_of_computation(llama_folder):
    model, held = open_with(llama_folder, "4:gptq")
    names = []
    original = held._quantize_seen
    held._quantize_seen = lambda name, products: (names.append((name, products is not None)), original(name, products))[1]
    held.calibrate(llama_folder / "tokenizer.json")
    seen = [name for name, has_products in names if has_products]
    assert seen[:7] == [f"layers.0.{m}.weight" for m in (
        "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj",
        "mlp.down_proj")]  # fmt: skip
    assert len(seen) == len(set(seen)) == 14
    load_weights(model, held.get, torch.float32)
    assert held.description == "affine 4-bit group 32, embedding affine 8-bit group 32, head affine 8-bit group 32"
    assert held._ready == {}


def test_nothing_is_calibrated_where_gptq_is_not_wanted_or_not_possible(llama_folder, monkeypatch):
    monkeypatch.setattr("pteron_export.quantization.requantized.calibrate", lambda *_: pytest.fail("calibrated"))
    for scheme in ("8", "4:fit", "fp32", "nvfp4:round"):
        open_with(llama_folder, scheme)[1].calibrate(llama_folder / "tokenizer.json")


def test_experts_are_not_calibrated():
    from pteron_export.models.switch import SwitchLinear

    assert can_calibrate(torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Embedding(3, 4), torch.nn.RMSNorm(4)))
    assert not can_calibrate(torch.nn.Sequential(torch.nn.Linear(4, 4), SwitchLinear(2, 4, 4)))


def test_the_calibration_text_is_not_the_one_that_is_measured():
    from pteron_export.perplexity.measure import TEXT
    from pteron_export.quantization import calibration
    from pteron_export.verify import PROMPT

    lines = {line.strip() for line in calibration.TEXT.read_text().splitlines() if len(line.strip()) > 40}
    for measured in (TEXT, PROMPT):
        assert not lines & {line.strip() for line in measured.read_text().splitlines()}
