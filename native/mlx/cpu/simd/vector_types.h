// Vectors in the compiler's vector language, for use inside one instruction set's namespace.
#pragma once

#include "../kernel_table.h"

#include <cstdint>

// Vf: floats, Vi: int32, of `lanes` lanes, and their reinterpretation. GCC and Clang only.
#define PTERON_VECTOR_TYPES(lanes)                                                                                     \
  typedef float Vf __attribute__((vector_size(4 * (lanes))));                                                          \
  typedef int32_t Vi __attribute__((vector_size(4 * (lanes))));                                                        \
  inline Vf bitsToFloat(Vi v) { return reinterpret_cast<Vf>(v); }                                                      \
  inline Vi floatToBits(Vf v) { return reinterpret_cast<Vi>(v); }
