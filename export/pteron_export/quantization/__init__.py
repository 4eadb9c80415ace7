"""Quantized weights: their formats, the operators and modules that compute with them, and how dense weights become them."""

from .affine import AffineTensor
from .rounding import quantize

QuantizedTensor = AffineTensor
"""A matrix [rows, columns] in a quantized format: `to`, `dequantize`, `permute_rows`, `arrays`, `matmul`, `rows`."""

__all__ = ["AffineTensor", "QuantizedTensor", "quantize"]
