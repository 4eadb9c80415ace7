// Tensors at the addon's edge: dense, row-major, owning their bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>

namespace pteron {

using executorch::aten::ScalarType;

// Name as addonTypes.ts spells it ('float32', …), or null for a dtype that does not cross into JavaScript.
const char* dtypeName(ScalarType dtype);
std::optional<ScalarType> dtypeOf(const std::string& name);
size_t elementBytes(ScalarType dtype);

struct HostTensor {
  ScalarType dtype = ScalarType::Float;
  std::vector<int32_t> shape;
  // operator new aligns it for every element type.
  std::vector<std::byte> data;
};

// Elements of a shape, or nothing where it overflows or has a negative extent.
std::optional<int64_t> elementCount(const std::vector<int32_t>& shape);

// A copy of a method's output; scalars become tensors without dimensions. Throws program_unsupported for other kinds.
HostTensor copyOutput(const executorch::runtime::EValue& value);

// The only element of an integer, float or bool tensor, for inputs that a method takes as a scalar.
double scalarOf(const HostTensor& tensor);

} // namespace pteron
