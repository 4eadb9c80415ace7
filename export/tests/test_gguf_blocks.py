import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType as Type

from pteron_export.checkpoints.gguf_blocks import is_exact, to_affine

EXACT = {
    Type.Q4_0: (1, 4), Type.Q4_1: (2, 4), Type.Q5_0: (1, 5), Type.Q5_1: (2, 5), Type.Q8_0: (1, 8), Type.Q4_K: (2, 4),
    Type.Q5_K: (2, 5),
}  # fmt: skip


def random_blocks(kind: Type, halves: int, rows=6, columns=512) -> np.ndarray:
    """Random bytes with finite scales: the first `halves` 16-bit words of a block."""
    rng = np.random.default_rng(1)
    per_block, size = gguf.GGML_QUANT_SIZES[kind]
    raw = rng.integers(0, 256, (rows, columns // per_block * size), dtype=np.uint8)
    blocks = raw.reshape(-1, size)
    blocks[:, : 2 * halves] = rng.normal(0, 0.1, (len(blocks), halves)).astype(np.float16).view(np.uint8)
    return raw


@pytest.mark.parametrize("kind", EXACT, ids=lambda k: k.name)
def test_blocks_keep_their_integers_and_scales(kind):
    halves, bits = EXACT[kind]
    raw = random_blocks(kind, halves)
    affine = to_affine(kind, raw)
    assert is_exact(kind) and affine.bits == bits and affine.group == 32
    np.testing.assert_array_equal(affine.dequantize().numpy(), gguf.dequantize(raw, kind))


@pytest.mark.parametrize("kind", [Type.Q4_1, Type.Q4_K], ids=lambda k: k.name)
def test_a_scale_of_zero_keeps_the_minimum(kind):
    raw = random_blocks(kind, 2)
    raw.reshape(-1, gguf.GGML_QUANT_SIZES[kind][1])[:, :2] = 0
    values = to_affine(kind, raw).dequantize().numpy()
    assert np.abs(values).max() > 0
    np.testing.assert_array_equal(values, gguf.dequantize(raw, kind))


def test_six_bits_are_rounded_to_eight():
    raw = random_blocks(Type.Q6_K, 0)
    raw.reshape(-1, 210)[:, 208:] = np.full((12, 1), 0.01, np.float16).view(np.uint8)
    exact = gguf.dequantize(raw, Type.Q6_K)
    affine = to_affine(Type.Q6_K, raw)
    assert not is_exact(Type.Q6_K) and affine.bits == 8
    error = np.sqrt(np.mean((affine.dequantize().numpy() - exact) ** 2)) / np.sqrt(np.mean(exact**2))
    assert error < 0.01


@pytest.mark.parametrize("kind", [Type.Q4_0, Type.Q5_0, Type.Q8_0], ids=lambda k: k.name)
def test_symmetric_types_store_no_biases(kind):
    assert to_affine(kind, random_blocks(kind, 1)).biases is None
