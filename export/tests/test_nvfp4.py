"""NVFP4 against a plain reading of the format, written from its description: OCP's e2m1 and e4m3, MLX's packing."""

import numpy as np
import pytest
import torch

from pteron_export.quantization import quantize

E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6]


def e4m3(byte: int) -> float:
    sign, exponent, mantissa = byte >> 7, byte >> 3 & 15, byte & 7
    value = mantissa * 2.0**-9 if exponent == 0 else (1 + mantissa / 8) * 2.0 ** (exponent - 7)
    return -value if sign else value


def plain(words: np.ndarray, scales: np.ndarray, factor: float) -> np.ndarray:
    rows, columns = len(words), words.shape[1] * 8
    out = np.empty((rows, columns), np.float32)
    for r in range(rows):
        for c in range(columns):
            code = int(words[r, c // 8]) >> 4 * (c % 8) & 15
            out[r, c] = factor * e4m3(int(scales[r, c // 16])) * E2M1[code]
    return out


def test_values_are_those_of_a_plain_reading():
    weight = torch.randn(6, 64) * torch.logspace(-4, 1, 6).unsqueeze(1)
    held = quantize(weight, "nvfp4")
    words, scales = held.words.numpy().view(np.uint32), held.scales.numpy()
    assert np.array_equal(held.dequantize().numpy(), plain(words, scales, held.factor))
    assert torch.equal(held.dequantize(slice(2, 4)), held.dequantize()[2:4])
    order = torch.tensor([5, 0, 3])
    assert torch.equal(held.permute_rows(order).dequantize(), held.dequantize()[order])


@pytest.mark.parametrize("size", [1e-6, 1e-3, 0.02, 1.0, 300.0, 1e5])
def test_the_factor_brings_scales_into_e4m3s_normal_range(size):
    held = quantize(torch.randn(32, 256) * size, "nvfp4")
    scales = held.scales.view(torch.float8_e4m3fn).float()
    assert 4 <= scales.max() <= 12 and scales.min() >= 2**-6
    assert np.log2(held.factor) == round(np.log2(held.factor))


def test_the_error_is_that_of_four_bits():
    weight = torch.randn(64, 512)
    error = (quantize(weight, "nvfp4").dequantize() - weight).square().mean().sqrt()
    assert error < 0.1  # rounding to nearest with one choice of the scale gives 0.097 … 0.1


def test_zeros_stay_zeros():
    assert quantize(torch.zeros(4, 32), "nvfp4").dequantize().abs().max() == 0
    half = torch.cat((torch.zeros(4, 32), torch.randn(4, 32)), 1)
    assert quantize(half, "nvfp4").dequantize()[:, :32].abs().max() == 0


@pytest.mark.parametrize("shape", [(48, 32), (32, 64)])
def test_products_and_rows_carry_the_factor(shape):
    held = quantize(torch.randn(shape) * 0.01, "nvfp4")
    assert held.factor != 1
    x = torch.randn(3, shape[1])
    from pteron_export.quantization.modules import QuantizedEmbedding, QuantizedLinear

    torch.testing.assert_close(QuantizedLinear(held)(x), x @ held.dequantize().T, rtol=1e-5, atol=1e-6)
    rows = QuantizedEmbedding(held.to(torch.bfloat16))(torch.tensor([[5, 0]]))
    assert rows.dtype == torch.bfloat16
    assert torch.equal(rows[0].float(), held.dequantize()[[5, 0]])  # 6 bits of mantissa fit bf16
