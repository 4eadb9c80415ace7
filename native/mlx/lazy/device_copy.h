// Copies that really are copies: most of libmlx's share the operand's memory.
#pragma once

#include <mlx/ops.h>
#include <mlx/transforms.h>

#include <vector>

namespace pteron::mlx::lazy {

namespace mx = ::mlx::core;

// The same bits, row by row, in memory that the stream's device allocates; `array` must live until it is evaluated, or
// its memory is taken over.
inline mx::array ownCopy(const mx::array& array, mx::Stream stream) {
  const mx::Dtype bits = array.itemsize() == 1   ? mx::uint8
                         : array.itemsize() == 2 ? mx::uint16
                         : array.itemsize() == 4 ? mx::uint32
                                                 : mx::uint64;
  const mx::array plain = mx::view(mx::contiguous(array, false, stream), bits, stream);
  return mx::view(mx::bitwise_or(plain, mx::array(0, bits), stream), array.dtype(), stream);
}

// The arrays in the device's memory: what libmlx makes of host memory is reached over the bus or page by page.
inline std::vector<mx::array> uploaded(const std::vector<mx::array>& arrays, mx::Stream stream) {
  std::vector<mx::array> copies;
  for (const mx::array& each : arrays) copies.push_back(ownCopy(each, stream));
  mx::eval(copies);
  return copies;
}

} // namespace pteron::mlx::lazy
