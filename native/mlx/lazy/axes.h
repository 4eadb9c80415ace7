// Checked axes and indices: libmlx reads and writes where an index tensor says, whatever that is.
#pragma once

#include "../failure.h"

#include <mlx/array.h>
#include <mlx/ops.h>

#include <vector>

namespace pteron::mlx::lazy {

namespace mx = ::mlx::core;

// Axis in 0 … ndim - 1 of one that may count from the end.
inline int axisOf(int64_t axis, const mx::array& x) {
  const auto rank = static_cast<int64_t>(x.ndim());
  expect(axis >= -rank && axis < rank, "an axis is out of range");
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

// All axes where none is named.
inline std::vector<int> axesOf(const std::vector<int32_t>& axes, const mx::array& x) {
  std::vector<int> all;
  for (int32_t axis : axes) all.push_back(axisOf(axis, x));
  for (int i = 0; axes.empty() && i < static_cast<int>(x.ndim()); ++i) all.push_back(i);
  return all;
}

// Indices of an axis of that size; those out of range become the nearest valid one.
inline mx::array indicesWithin(const mx::array& given, int size, mx::Stream s) {
  expect(size > 0 || given.size() == 0, "an index into nothing");
  const mx::array indices = mx::issubdtype(given.dtype(), mx::integer) ? given : mx::astype(given, mx::int32, s);
  if (size == 0) return indices;
  const auto of = [&](int value) { return mx::array(value, indices.dtype()); };
  if (mx::issubdtype(indices.dtype(), mx::unsignedinteger)) return mx::minimum(indices, of(size - 1), s);
  return mx::clip(indices, of(-size), of(size - 1), s);
}

} // namespace pteron::mlx::lazy
