"""GGUF's quantized blocks as MLX affine groups of 32, integer for integer.

Q4_0, Q5_0, Q8_0: w = d (q - 2^(bits-1)), symmetric. Q4_1, Q5_1: w = d q + m. Q4_K, Q5_K: super-blocks of 256 in eight
sub-blocks of 32, w = d sc q - dmin m. Source of the layouts: ggml-common.h and gguf/quants.py.
Everything else (Q6_K has groups of 16; Q2_K, Q3_K, IQ…) is dequantized and rounded anew to 8 bits: approximate, and said so.
"""

from collections.abc import Callable

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type

from ..quantization import AffineTensor, quantize
from ..quantization.affine import pack


def to_affine(kind: Type, raw: np.ndarray) -> AffineTensor:
    """raw: uint8 [rows, bytes of a row]. Scales and biases are fp32, unrounded."""
    if kind in _EXACT:
        return _EXACT[kind](raw)
    return quantize(torch.from_numpy(gguf.dequantize(raw, kind)), 8, 32)


def is_exact(kind: Type) -> bool:
    return kind in _EXACT


def _blocks(raw: np.ndarray, kind: Type) -> np.ndarray:
    """[blocks, bytes of a block]."""
    return raw.reshape(-1, gguf.GGML_QUANT_SIZES[kind][1])


def _half(bytes_: np.ndarray) -> np.ndarray:
    """Two bytes a block → fp32 [blocks]."""
    return np.ascontiguousarray(bytes_).view(np.float16).astype(np.float32)[:, 0]


def _nibbles(qs: np.ndarray) -> np.ndarray:
    """[blocks, 16] → [blocks, 32]: low nibbles are the first half, high ones the second."""
    return np.concatenate((qs & 15, qs >> 4), axis=1)


def _high_bits(qh: np.ndarray) -> np.ndarray:
    """[blocks, 4] → the 32 fifth bits as 0 or 16."""
    return np.unpackbits(qh, axis=1, bitorder="little") << 4


def _affine(rows: int, q: np.ndarray, scale: np.ndarray, bias: np.ndarray | None, bits: int) -> AffineTensor:
    q, scale = torch.from_numpy(q.reshape(rows, -1)), torch.from_numpy(scale.reshape(rows, -1))
    return AffineTensor(pack(q, bits), scale, None if bias is None else torch.from_numpy(bias.reshape(rows, -1)), bits, 32)


def _q4_0(raw: np.ndarray) -> AffineTensor:
    b = _blocks(raw, Type.Q4_0)
    return _affine(len(raw), _nibbles(b[:, 2:]), _half(b[:, :2]), None, 4)


def _q4_1(raw: np.ndarray) -> AffineTensor:
    b = _blocks(raw, Type.Q4_1)
    return _affine(len(raw), _nibbles(b[:, 4:]), _half(b[:, :2]), _half(b[:, 2:4]), 4)


def _q5_0(raw: np.ndarray) -> AffineTensor:
    b = _blocks(raw, Type.Q5_0)
    return _affine(len(raw), _nibbles(b[:, 6:]) | _high_bits(b[:, 2:6]), _half(b[:, :2]), None, 5)


def _q5_1(raw: np.ndarray) -> AffineTensor:
    b = _blocks(raw, Type.Q5_1)
    return _affine(len(raw), _nibbles(b[:, 8:]) | _high_bits(b[:, 4:8]), _half(b[:, :2]), _half(b[:, 2:4]), 5)


def _q8_0(raw: np.ndarray) -> AffineTensor:
    b = _blocks(raw, Type.Q8_0)
    return _affine(len(raw), b[:, 2:] ^ 0x80, _half(b[:, :2]), None, 8)  # int8 + 128, as unsigned bytes


def _k_scales(b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale and bias of each of the eight sub-blocks, [blocks * 8]: six bits each, packed into bytes 4 … 15."""
    d, dmin, s = _half(b[:, :2])[:, None], _half(b[:, 2:4])[:, None], b[:, 4:16]
    low, middle, high = s[:, 0:4], s[:, 4:8], s[:, 8:12]
    scale = np.concatenate((low & 63, (high & 15) | (low >> 6 << 4)), axis=1)
    minimum = np.concatenate((middle & 63, (high >> 4) | (middle >> 6 << 4)), axis=1)
    return (d * scale).reshape(-1), (-dmin * minimum).reshape(-1)


def _k_nibbles(qs: np.ndarray) -> np.ndarray:
    """[blocks, 128] → [blocks, 8, 32]: 32 bytes hold two sub-blocks, low nibbles first."""
    pairs = qs.reshape(len(qs), 4, 1, 32)
    return np.concatenate((pairs & 15, pairs >> 4), axis=2).reshape(len(qs), 8, 32)


def _q4_k(raw: np.ndarray) -> AffineTensor:
    b = _blocks(raw, Type.Q4_K)
    return _affine(len(raw), _k_nibbles(b[:, 16:]), *_k_scales(b), 4)


def _q5_k(raw: np.ndarray) -> AffineTensor:
    b = _blocks(raw, Type.Q5_K)
    fifth = (b[:, 16:48].reshape(-1, 1, 32) >> np.arange(8, dtype=np.uint8).reshape(1, 8, 1)) & 1
    return _affine(len(raw), _k_nibbles(b[:, 48:]) | (fifth << 4), *_k_scales(b), 5)


_EXACT: dict[Type, Callable[[np.ndarray], AffineTensor]] = {
    Type.Q4_0: _q4_0,
    Type.Q4_1: _q4_1,
    Type.Q5_0: _q5_0,
    Type.Q5_1: _q5_1,
    Type.Q8_0: _q8_0,
    Type.Q4_K: _q4_k,
    Type.Q5_K: _q5_k,
}
