"""Quantized weights: their formats, the operators and modules that compute with them, and how dense weights become them."""

from .affine import AffineTensor
from .nvfp4 import Nvfp4Tensor
from .quantize import quantize
from .scheme import NAMED, Choice, Scheme, parse_scheme
from .tensor import QuantizedTensor

__all__ = ["NAMED", "AffineTensor", "Choice", "Nvfp4Tensor", "QuantizedTensor", "Scheme", "parse_scheme", "quantize"]
