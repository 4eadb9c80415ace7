// Element-by-element loops over operands that broadcast: the general path of the elementwise nodes.
#pragma once

#include "tensor.h"

namespace pteron::mlx {

// An operand as such a loop sees it.
template <class T> struct Walked {
  const T* data;
  Strides strides; // over the output's shape
};

// A dense `data` of the tensor's own shape, seen as `shape`.
template <class T> Walked<T> walked(const T* data, const Tensor& tensor, const Shape& shape) {
  return {data, broadcastStrides(denseTensor(nullptr, tensor.type, tensor.memory, tensor.shape), shape)};
}

// out[i] = fn(operands[i]…) for every element of `shape`; out dense.
template <class R, class Fn, class... T> void broadcastLoop(R* out, const Shape& shape, Fn fn, Walked<T>... operands) {
  const int64_t rows = shape.count() == 0 ? 0 : shape.count() / shape.last();
  const int64_t columns = shape.last();
  const auto inner = static_cast<size_t>(shape.rank ? shape.rank - 1 : 0);
  std::array<int64_t, kMaxRank> index{};
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < columns; ++i) *out++ = fn(operands.data[i * operands.strides[inner]]...);
    for (size_t axis = inner; axis-- > 0;) {
      ((operands.data += operands.strides[axis]), ...);
      if (++index[axis] < shape.dims[axis]) break;
      ((operands.data -= operands.strides[axis] * shape.dims[axis]), ...);
      index[axis] = 0;
    }
  }
}

} // namespace pteron::mlx
