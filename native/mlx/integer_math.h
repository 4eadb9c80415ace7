// Arithmetic on host integers that a damaged graph cannot make overflow; quotients round down, as in Python and MLX.
#pragma once

#include "failure.h"

#include <cstdint>

namespace pteron::mlx {

// Positions and sizes stay far below this; a graph that leaves it is damaged, and signed overflow is undefined.
inline int64_t checkedInteger(__int128 value) {
  constexpr int64_t kMost = int64_t{1} << 62;
  expect(value > -kMost && value < kMost, "an integer overflows");
  return static_cast<int64_t>(value);
}

inline int64_t addIntegers(int64_t a, int64_t b) { return checkedInteger(static_cast<__int128>(a) + b); }
inline int64_t subtractIntegers(int64_t a, int64_t b) { return checkedInteger(static_cast<__int128>(a) - b); }
inline int64_t multiplyIntegers(int64_t a, int64_t b) { return checkedInteger(static_cast<__int128>(a) * b); }

inline int64_t floorDivide(int64_t a, int64_t b) {
  expect(b != 0, "division by zero");
  expect(a != INT64_MIN || b != -1, "an integer overflows");
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

inline int64_t floorModulo(int64_t a, int64_t b) { return a - b * floorDivide(a, b); }

// The number without its fraction; the nearest integer there is for what lies beyond, and 0 for what is no number.
inline int64_t wholeNumber(double number) {
  constexpr double kEnd = 9223372036854775808.0; // 2^63
  if (number >= kEnd) return INT64_MAX;
  if (number < -kEnd) return INT64_MIN;
  return number == number ? static_cast<int64_t>(number) : 0;
}

} // namespace pteron::mlx
