// What one call is given: host values, and copies of tensors. Copies of large ones serve later calls of the same set (input_set.h).
#pragma once

#include "../graph.h"
#include "../tensor.h"
#include "frame.h"

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>

namespace pteron::mlx::lazy {

class Inputs {
public:
  // Throws Failure where a value is not of the kind that the graph declares.
  // `before`: of the call before, or null.
  static Inputs of(const Graph& graph, ::executorch::runtime::Span<::executorch::runtime::EValue*> values,
                   const Inputs* before, mx::Stream stream);

  void bind(const Graph& graph, Frame& frame) const;

  // Tensors of the same shapes and types; host values are compared, too.
  bool alike(const Inputs& other) const;
  // Of what is not taken over from `before`, which are alike.
  size_t newBytes(const Inputs& before) const;

  // What probably comes after `before` and this: integers go on by the same step (a position), the rest stays.
  Inputs extrapolated(const Inputs& before) const;
  // True where what was built from these inputs, reading the content of `read`, is right for `actual`, which are alike.
  bool standFor(const Inputs& actual, const std::vector<std::uintptr_t>& read) const;
  // Takes the content over. Only for inputs that no evaluation has begun to read.
  void fill(const Inputs& actual);

private:
  struct Input {
    std::optional<mx::array> array; // or a host value
    Value value;
    const void* source = nullptr; // of a large one
    bool large() const { return source != nullptr; }
  };
  const Input* kept(size_t index, const Tensor& tensor) const;

  uint64_t set_ = 0;
  std::vector<Input> inputs_;
};

} // namespace pteron::mlx::lazy
