// ExecuTorch's tensors as ours.
#pragma once

#include "failure.h"
#include "tensor.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include <limits>

namespace pteron::mlx {

using EtTensor = ::executorch::aten::Tensor;

// The same memory. Throws Failure for an element type that MLX does not have, and for memory that is not aligned to it.
inline Tensor fromEt(const EtTensor& tensor) {
  Shape shape;
  for (auto size : tensor.sizes()) shape.push(size);
  const auto type = static_cast<DType>(tensor.scalar_type());
  if (byteSize(type) == 0)
    throw Failure(Error::InvalidType, "an input or output has an element type that MLX does not have");
  void* data = const_cast<void*>(tensor.const_data_ptr());
  // A damaged memory plan puts tensors anywhere in their buffer; libmlx and the kernels read whole elements.
  expect(reinterpret_cast<uintptr_t>(data) % byteSize(type) == 0, "an input or output lies between two elements");
  return denseTensor(data, type, type, shape);
}

inline void resize(EtTensor& tensor, const Shape& shape) {
  ::executorch::aten::SizesType sizes[kMaxRank];
  for (int i = 0; i < shape.rank; ++i) {
    expect(shape[i] <= std::numeric_limits<::executorch::aten::SizesType>::max(), "an output is too large"); // never cut
    sizes[i] = static_cast<::executorch::aten::SizesType>(shape[i]);
  }
  const auto error = ::executorch::runtime::resize_tensor(tensor, {sizes, static_cast<size_t>(shape.rank)});
  if (error != Error::Ok)
    throw Failure(error, "an output of shape " + shape.text() + " is larger than the program declares");
}

} // namespace pteron::mlx
