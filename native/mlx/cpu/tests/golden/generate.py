"""Writes golden.bin: what MLX itself computes, for test_golden.cpp.

    python -m venv V && V/bin/pip install mlx==0.32.4 mlx-cpu==0.32.4 numpy && V/bin/python generate.py

A sequence of records, little endian: name length (uint32), name, count (uint32), count 32-bit words (float32 or,
for packed codes, uint32).
"""

import struct
from pathlib import Path

import mlx.core as mx
import numpy as np

records = bytearray()


def put(name: str, array: mx.array) -> None:
    if array.dtype != mx.uint32:
        array = array.astype(mx.float32)
    words = np.array(array)
    records.extend(struct.pack("<I", len(name)) + name.encode())
    records.extend(struct.pack("<I", words.size) + words.tobytes())


def quantized() -> mx.array:
    x = mx.random.normal((2, 128))
    put("quantized.x", x)
    for bits in (2, 3, 4, 5, 6, 8):
        for group in (32, 64, 128):
            name = f"quantized.{bits}.{group}"
            codes, scales, biases = mx.quantize(mx.random.normal((3, 128)), group_size=group, bits=bits)
            put(f"{name}.codes", codes)
            put(f"{name}.scales", scales)
            put(f"{name}.biases", biases)
            put(f"{name}.values", mx.dequantize(codes, scales, biases, group_size=group, bits=bits))
            product = mx.quantized_matmul(x, codes, scales, biases, transpose=True, group_size=group, bits=bits)
            put(f"{name}.product", product)
    return x


def rope() -> None:
    x = mx.random.normal((1, 2, 5, 24))
    freqs = mx.exp(mx.random.uniform(0, 4, (8,)))
    put("rope.x", x)
    put("rope.freqs", freqs)
    put("rope.half", mx.fast.rope(x, 24, traditional=False, base=10000.0, scale=1.0, offset=7))
    put("rope.partial", mx.fast.rope(x, 16, traditional=False, base=1e6, scale=0.125, offset=3000))
    put("rope.traditional", mx.fast.rope(x, 16, traditional=True, base=500.0, scale=2.0, offset=1))
    put("rope.given", mx.fast.rope(x, 16, traditional=False, base=None, scale=1.0, offset=11, freqs=freqs))


def attention() -> None:
    q, k, v = mx.random.normal((1, 4, 5, 24)), mx.random.normal((1, 2, 9, 24)), mx.random.normal((1, 2, 9, 24))
    keep = mx.random.uniform(0, 1, (1, 1, 5, 9)) < 0.6
    keep[..., 0] = True
    added = mx.random.normal((1, 4, 5, 9))
    for name, array in (("q", q), ("k", k), ("v", v), ("keep", keep), ("added", added)):
        put(f"attention.{name}", array)
    for name, mask in (("none", None), ("causal", "causal"), ("bool", keep), ("add", added)):
        put(f"attention.{name}", mx.fast.scaled_dot_product_attention(q, k, v, scale=0.2, mask=mask))


def norms() -> None:
    x, weight = 3 * mx.random.normal((3, 40)), mx.random.normal((40,))
    put("norm.x", x)
    put("norm.weight", weight)
    put("norm.rms", mx.fast.rms_norm(x, weight, 1e-6))
    put("norm.softmax", mx.softmax(x, axis=-1))


def nvfp4(x: mx.array) -> None:
    codes, scales = mx.quantize(mx.random.normal((3, 128)), mode="nvfp4")
    put("nvfp4.codes", codes)
    put("nvfp4.scales", scales)
    put("nvfp4.values", mx.dequantize(codes, scales, mode="nvfp4"))
    put("nvfp4.product", mx.quantized_matmul(x, codes, scales, transpose=True, mode="nvfp4"))


mx.set_default_device(mx.cpu)
mx.random.seed(3)
activations = quantized()
for part in (rope, attention, norms):
    part()
nvfp4(activations)
Path(__file__).with_name("golden.bin").write_bytes(records)
