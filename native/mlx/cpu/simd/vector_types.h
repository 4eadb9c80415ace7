// Vectors in the compiler's vector language, for use inside one instruction set's namespace.
#pragma once

#include "../kernel_table.h"

#include <cstdint>

namespace pteron::cpu {
// NVFP4's e2m1 codes (0, ½, 1, 1½, 2, 3, 4, 6, then the same negated) as 12 + 2 · value.
alignas(16) constexpr uint8_t kE2m1Codes[16] = {12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};
} // namespace pteron::cpu

// Vf: floats, Vi: int32, of `lanes` lanes, and their reinterpretation. GCC and Clang only.
#define PTERON_VECTOR_TYPES(lanes)                                                                                     \
  typedef float Vf __attribute__((vector_size(4 * (lanes))));                                                          \
  typedef int32_t Vi __attribute__((vector_size(4 * (lanes))));                                                        \
  inline Vf bitsToFloat(Vi v) { return reinterpret_cast<Vf>(v); }                                                      \
  inline Vi floatToBits(Vf v) { return reinterpret_cast<Vi>(v); }
