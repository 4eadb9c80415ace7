import pytest
import torch

from pteron_export.errors import ExportError
from pteron_export.quantization import NAMED, AffineTensor, Choice, Nvfp4Tensor, Scheme, parse_scheme, quantize
from pteron_export.quantization.requantized import LARGE, Requantized, resolve
from pteron_export.quantization.scheme import EIGHT, part_of


@pytest.mark.parametrize(("text", "scheme"), [
    (None, Scheme(Choice("auto"))),
    ("auto", Scheme(Choice("auto"))),
    ("keep", Scheme(Choice("keep"))),
    ("none", Scheme(Choice("none"))),
    ("fp16", Scheme(Choice("none"), {}, "fp16")),
    ("8", Scheme(Choice("affine", 8))),
    ("4:g64", Scheme(Choice("affine", 4, 64))),
    ("4:round:g128", Scheme(Choice("affine", 4, 128, "round"))),
    ("nvfp4", Scheme(Choice("nvfp4"))),
    ("4, embedding=8, experts=2:g128", Scheme(Choice("affine", 4), {"embedding": EIGHT, "experts": Choice("affine", 2, 128)})),
    ("embedding=none", Scheme(Choice("auto"), {"embedding": Choice("none")})),
    ("fp32,experts=nvfp4", Scheme(Choice("none"), {"experts": Choice("nvfp4")}, "fp32")),
])  # fmt: skip
def test_what_can_be_asked_for(text, scheme):
    assert parse_scheme(text) == scheme


def test_a_group_of_its_own_goes_before_the_common_one():
    assert parse_scheme("4,embedding=8:g32", group=64) == Scheme(Choice("affine", 4, 64), {"embedding": Choice("affine", 8, 32)})


@pytest.mark.parametrize(("text", "why"), [
    ("5bit", "'5bit' is no quantization"),
    ("", "'' is no quantization"),
    ("7", "7 bits are no affine format"),
    ("4:g48", "Groups of 48 are not supported"),
    ("4:g64:g32", "'g32' in '4:g64:g32' is neither"),
    ("4:magic", "'magic' in '4:magic' is neither a group nor one of round, fit, gptq"),
    ("nvfp4:g32", "'nvfp4' takes no ':g32'"),
    ("4,8", "'8' names no part of the model"),
    ("4,attention=8", "'attention' is no part"),
    ("4,head=8,head=4", "'head' is given twice"),
    ("4,head=fp16", "'fp16' is for the whole model"),
    ("4,head=", "'' is no quantization"),
])  # fmt: skip
def test_nonsense_is_refused_with_a_remedy(text, why):
    with pytest.raises(ExportError, match=r"^invalid_argument: --quantize: .*Use auto") as refused:
        parse_scheme(text)
    assert why in str(refused.value)


def test_coarse_formats_leave_embedding_and_head_at_eight_bits():
    for text in ("4", "2:g64", "nvfp4", "5"):
        scheme = parse_scheme(text)
        assert scheme.choice("embedding") == scheme.choice("head") == EIGHT
        assert scheme.choice(None) == scheme.choice("experts") == scheme.base
    assert parse_scheme("4,embedding=4").choice("embedding") == Choice("affine", 4)
    assert parse_scheme("6").choice("head") == Choice("affine", 6)


def test_auto_keeps_what_is_quantized_and_else_goes_by_size():
    auto = parse_scheme("auto,embedding=4", group=64)
    assert resolve(auto, 10 * LARGE, True) == Scheme(Choice("keep"), auto.parts)
    assert resolve(auto, LARGE - 1, False).base == Choice("affine", 8, 64)
    assert resolve(auto, LARGE, False).base == Choice("affine", 4, 64)
    assert resolve(parse_scheme("2"), LARGE, True) == parse_scheme("2")


def test_parts_by_name():
    assert part_of("embed_tokens.weight") == "embedding" and part_of("lm_head.weight") == "head"
    assert part_of("layers.3.mlp.experts.gate_up_proj") == "experts" and part_of("layers.3.mlp.up_proj.weight") is None


def test_named_quantizations_of_one_matrix():
    weight = torch.randn(8, 64)
    held = {name: quantize(weight, name) for name in NAMED}
    assert [held[n].dtype for n in ("bf16", "fp16", "fp32")] == [torch.bfloat16, torch.float16, torch.float32]
    assert [held[n].bits for n in ("8", "4", "2", "nvfp4")] == [8, 4, 2, 4]
    assert isinstance(held["nvfp4"], Nvfp4Tensor) and isinstance(held["2"], AffineTensor)
    assert (held["8"].group, held["4"].group) == (64, 32)
    with pytest.raises(ExportError, match="internal"):
        quantize(weight, "auto")


def test_an_open_group_is_the_largest_usual_one_that_divides_the_rows():
    assert quantize(torch.randn(2, 96), "8").group == 32
    with pytest.raises(ExportError, match="Rows of 40 values.*--quantize none"):
        quantize(torch.randn(2, 40), "8")
    with pytest.raises(ExportError, match="Rows of 40 values.*groups of 16"):
        quantize(torch.randn(2, 40), "nvfp4")


def test_scales_are_rounded_before_the_integers_are_chosen():
    weight = torch.randn(64, 128, generator=torch.Generator().manual_seed(1)) + 3
    fitted, rounded = quantize(weight, 8, 32, torch.bfloat16), quantize(weight, 8, 32).to(torch.bfloat16)
    assert fitted.scales.dtype == torch.bfloat16
    error = [(q.dequantize() - weight).square().mean() for q in (fitted, rounded)]
    assert error[0] < 0.8 * error[1]


def test_experts_keep_their_axis():
    weight = torch.randn(3, 8, 64)
    for name in ("2", "3", "4", "nvfp4"):
        held = quantize(weight, name)
        assert held.shape == (3, 8, 64)
        assert torch.equal(held.dequantize().reshape(24, 64), quantize(weight.reshape(24, 64), name).dequantize())


def test_a_tied_head_cannot_differ_from_its_embedding(gemma_folder):
    from pteron_export.checkpoints import open_checkpoint
    from pteron_export.models.layers import Limits

    checkpoint = open_checkpoint(gemma_folder)
    model = checkpoint.recipe.build(checkpoint.config, Limits(64, 16))
    Requantized(checkpoint, parse_scheme("4,embedding=8,head=8"), model)
    with pytest.raises(ExportError, match="invalid_argument: This model's head is its embedding.*embedding="):
        Requantized(checkpoint, parse_scheme("4,head=4"), model)
