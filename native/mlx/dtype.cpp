#include "dtype.h"

#include <algorithm>

namespace pteron::mlx {

size_t byteSize(DType type) {
  switch (type) {
  case DType::U8:
  case DType::I8:
  case DType::Bool: return 1;
  case DType::I16:
  case DType::U16:
  case DType::F16:
  case DType::BF16: return 2;
  case DType::I32:
  case DType::U32:
  case DType::F32: return 4;
  case DType::I64:
  case DType::U64: return 8;
  }
  return 0;
}

const char* dtypeName(DType type) {
  switch (type) {
  case DType::U8: return "uint8";
  case DType::I8: return "int8";
  case DType::I16: return "int16";
  case DType::I32: return "int32";
  case DType::I64: return "int64";
  case DType::F16: return "float16";
  case DType::F32: return "float32";
  case DType::Bool: return "bool";
  case DType::BF16: return "bfloat16";
  case DType::U16: return "uint16";
  case DType::U32: return "uint32";
  case DType::U64: return "uint64";
  }
  return "an unknown type";
}

namespace {
bool isUnsigned(DType type) {
  return type == DType::U8 || type == DType::U16 || type == DType::U32 || type == DType::U64;
}

DType signedOfBytes(size_t bytes) {
  return bytes <= 1 ? DType::I8 : bytes == 2 ? DType::I16 : bytes == 4 ? DType::I32 : DType::I64;
}
} // namespace

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (isFloat(a) && isFloat(b)) return DType::F32;
  if (isFloat(a)) return a;
  if (isFloat(b)) return b;
  if (a == DType::Bool) return b;
  if (b == DType::Bool) return a;
  if (isUnsigned(a) == isUnsigned(b)) return byteSize(a) >= byteSize(b) ? a : b;
  const size_t unsignedBytes = byteSize(isUnsigned(a) ? a : b), signedBytes = byteSize(isUnsigned(a) ? b : a);
  return signedOfBytes(std::max(signedBytes, unsignedBytes * 2));
}

} // namespace pteron::mlx
