#include "dtypes.h"

#include "../failure.h"
#include "../integer_math.h"

namespace pteron::mlx::lazy {

mx::Dtype toMlx(DType type) {
  switch (type) {
  case DType::U8: return mx::uint8;
  case DType::I8: return mx::int8;
  case DType::I16: return mx::int16;
  case DType::I32: return mx::int32;
  case DType::I64: return mx::int64;
  case DType::F16: return mx::float16;
  case DType::F32: return mx::float32;
  case DType::Bool: return mx::bool_;
  case DType::BF16: return mx::bfloat16;
  case DType::U16: return mx::uint16;
  case DType::U32: return mx::uint32;
  case DType::U64: return mx::uint64;
  }
  throw Failure(Error::InvalidType, "libmlx has no such element type");
}

DType fromMlx(mx::Dtype type) {
  for (DType each : {DType::U8, DType::I8, DType::I16, DType::I32, DType::I64, DType::F16, DType::F32, DType::Bool,
                     DType::BF16, DType::U16, DType::U32, DType::U64})
    if (toMlx(each) == type) return each;
  throw Failure(Error::InvalidType, "libmlx made an element type that the runtime does not have");
}

mx::Shape toMlx(const Shape& shape) {
  mx::Shape sizes;
  for (int i = 0; i < shape.rank; ++i) {
    expect(shape[i] <= INT32_MAX, "a tensor is too large for libmlx");
    sizes.push_back(static_cast<int>(shape[i]));
  }
  return sizes;
}

mx::array scalar(double number, mx::Dtype type) {
  return mx::issubdtype(type, mx::floating) ? mx::array(number, type) : mx::array(wholeNumber(number), type);
}

} // namespace pteron::mlx::lazy
