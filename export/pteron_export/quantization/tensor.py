"""What all quantized formats have in common."""

from .affine import AffineTensor
from .nvfp4 import Nvfp4Tensor

QuantizedTensor = AffineTensor | Nvfp4Tensor
"""A matrix [rows, columns] in a quantized format, with `shape`, `bits`, `group`, `description`, `to`, `dequantize`,
`permute_rows`, `arrays`, `rebuild`, and the products `matmul` and `rows` as operators that lower to MLX nodes."""
