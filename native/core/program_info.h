// What a program's file says of its methods, read before any of them is loaded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <executorch/runtime/executor/program.h>

#include "core/tensor.h"
#include "mlx/graph_info.h"

namespace pteron {

struct TensorInfo {
  enum class Kind : uint8_t { Tensor, Int, Double, Bool, Other };
  Kind kind = Kind::Other;
  ScalarType dtype = ScalarType::Float; // of tensors
  std::vector<int32_t> shape;           // of tensors; upper bounds where dynamic
  bool planned = true;                  // whether the memory plan holds a buffer for it
  size_t bytes = 0;                     // of its upper bound
};

struct MethodInfo {
  std::string name;
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
  std::vector<std::string> delegates;
  uint64_t plannedBytes = 0;

  // A value that the exporter stored as a method: it takes nothing and computes nothing.
  bool isConstant() const { return inputs.empty() && outputs.size() == 1 && delegates.empty(); }
};

// One delegate's graph, for inspection.
using GraphSummary = mlx::GraphInfo;

// Throws program_invalid where the metadata contradict themselves; `path` is for the message.
std::vector<MethodInfo> describeMethods(const executorch::runtime::Program& program, const std::string& path);

// The first of the methods that has the name, or null.
const MethodInfo* findMethod(const std::vector<MethodInfo>& methods, const std::string& name);

using Constant = std::variant<double, bool, std::vector<double>>;

// A constant method's output as JavaScript sees it; nothing for kinds that have no such form.
std::optional<Constant> constantOf(const HostTensor& tensor);

} // namespace pteron
