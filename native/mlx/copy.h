// Copies between strided tensors of the same shape, converting the element type in memory where they differ.
#pragma once

#include "tensor.h"

namespace pteron::mlx {

// Writes every element of `from` to `to`; their memories must not overlap.
void copyTensor(const Tensor& from, const Tensor& to);

} // namespace pteron::mlx
