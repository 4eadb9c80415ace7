// Ranges along one axis, with Python's rules for negative and overlong bounds.
#pragma once

#include "failure.h"
#include "tensor.h"

#include <algorithm>

namespace pteron::mlx {

struct Range {
  int64_t start, count, step;
};

inline Range sliceRange(int64_t size, int64_t start, int64_t stop, int64_t step) {
  expect(step != 0, "a slice's step is zero");
  const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const auto bound = [=](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + size : at, low, high); };
  const int64_t first = bound(start), last = bound(stop), span = step > 0 ? last - first : first - last;
  const int64_t stride = step > 0 ? step : -step;
  return {first, span > 0 ? (span + stride - 1) / stride : 0, step};
}

inline Tensor sliced(Tensor tensor, int axis, const Range& range) {
  int64_t& stride = tensor.strides[static_cast<size_t>(axis)];
  tensor.advance(range.start * stride);
  tensor.shape[axis] = range.count;
  stride *= range.step;
  return tensor;
}

} // namespace pteron::mlx
