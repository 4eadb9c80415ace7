import pytest
import torch

from pteron_export.errors import ExportError
from pteron_export.quantization import AffineTensor, quantize
from pteron_export.quantization.affine import BITS, pack, unpack


@pytest.mark.parametrize("bits", BITS)
def test_packing_is_reversible(bits):
    q = torch.randint(0, 2**bits, (5, 128), dtype=torch.uint8)
    words = pack(q, bits)
    assert words.shape == (5, 128 * bits // 32)
    assert torch.equal(unpack(words, bits), q)


@pytest.mark.parametrize("bits", BITS)
def test_values_lie_low_bits_first_across_word_borders(bits):
    q = torch.randint(0, 2**bits, (1, 32), dtype=torch.uint8)
    stream = sum(int(v) << (bits * i) for i, v in enumerate(q[0]))
    words = [w & 0xFFFFFFFF for w in pack(q, bits)[0].tolist()]
    assert words == [(stream >> (32 * i)) & 0xFFFFFFFF for i in range(bits)]


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("group", [32, 64, 128])
def test_rounding_stays_within_half_a_step(bits, group):
    weight = torch.randn(6, 256)
    affine = quantize(weight, f"{bits}:round", group)
    step = affine.scales.repeat_interleave(group, 1)
    assert affine.shape == (6, 256)
    # The zero point is rounded too, which shifts the range by at most half a step.
    assert ((affine.dequantize() - weight).abs() <= step * 1.001).all()


def test_a_single_group_keeps_its_axis():
    assert quantize(torch.randn(6, 64), 8, 64).scales.shape == (6, 1)


def test_without_biases_the_middle_of_the_range_is_zero():
    q = torch.full((1, 32), 8, dtype=torch.uint8)
    assert AffineTensor(pack(q, 4), torch.ones(1, 1), None, 4, 32).dequantize().abs().max() == 0


def test_rounding_to_a_dtype_leaves_the_integers_alone():
    affine = quantize(torch.randn(4, 64), 4, 32)
    rounded = affine.to(torch.bfloat16)
    assert torch.equal(rounded.words, affine.words)
    assert rounded.scales.dtype == rounded.biases.dtype == torch.bfloat16


def test_a_group_that_does_not_divide_the_rows_is_refused():
    with pytest.raises(ExportError, match="invalid_argument.*96.*--group 32"):
        quantize(torch.randn(4, 96), 4, 64)
