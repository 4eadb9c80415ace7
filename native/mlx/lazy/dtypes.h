// Element types of the graph and of libmlx.
#pragma once

#include "../dtype.h"
#include "../tensor.h"

#include <mlx/array.h>

namespace pteron::mlx::lazy {

namespace mx = ::mlx::core;

// Throw Failure for a type that the other side does not have.
mx::Dtype toMlx(DType type);
DType fromMlx(mx::Dtype type);
inline mx::Dtype toMlx(int8_t scalarType) { return toMlx(static_cast<DType>(scalarType)); }

// Throws Failure for a size that libmlx's do not hold.
mx::Shape toMlx(const Shape& shape);

// C++ does not say what a number that no integer can hold becomes as one: the nearest, and 0 for what is no number.
mx::array scalar(double number, mx::Dtype type);

// Why a node cannot make that type, or null.
inline const char* refuseType(int8_t scalarType) {
  return byteSize(static_cast<DType>(scalarType)) ? nullptr : "of an unsupported element type";
}

} // namespace pteron::mlx::lazy
