// Element types of tensors: ExecuTorch's ScalarType numbers, as the graph and the runtime write them.
#pragma once

#include "cpu/kernels.h"

#include <cstddef>
#include <cstdint>

namespace pteron::mlx {

enum class DType : int8_t {
  U8 = 0,
  I8 = 1,
  I16 = 2,
  I32 = 3,
  I64 = 4,
  F16 = 5,
  F32 = 6,
  Bool = 11,
  BF16 = 15,
  U16 = 27,
  U32 = 28,
  U64 = 29,
};

// Bytes an element; 0 for a number that is none of ours (doubles and complex numbers included: MLX has none on a GPU).
size_t byteSize(DType type);
const char* dtypeName(DType type);

inline bool isFloat(DType type) { return type == DType::F32 || type == DType::F16 || type == DType::BF16; }
inline bool isHalf(DType type) { return type == DType::F16 || type == DType::BF16; }

// The type that an operation on both has, by MLX's rules: floats win over integers, F16 with BF16 is F32, the wider
// integer wins, a signed with an unsigned one of at least its width is the next wider signed one.
DType promote(DType a, DType b);

// What a value declared as `type` has in memory between nodes: floats are always fp32.
inline DType memoryType(DType type) { return isFloat(type) ? DType::F32 : type; }

inline cpu::Storage storageOf(DType type) {
  return type == DType::F16 ? cpu::Storage::F16 : type == DType::BF16 ? cpu::Storage::BF16 : cpu::Storage::F32;
}

} // namespace pteron::mlx
