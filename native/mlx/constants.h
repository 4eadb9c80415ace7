// The weights of a graph, by name from ExecuTorch's data map: mapped from the file, not copied.
#pragma once

#include "graph.h"
#include "tensor.h"

#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/named_data_map.h>

#include <memory>
#include <vector>

namespace pteron::mlx {

class Constants {
public:
  // Throws Failure where one is missing or has another size than the graph declares.
  Constants(const Graph& graph, const ::executorch::runtime::NamedDataMap* data);

  const Tensor& at(uint32_t slot) const { return tensors_[slot]; }
  // Replaces a constant by what the init chain made of it, in its declared type.
  void replace(uint32_t slot, const Tensor& value);

private:
  void* own(const void* data, size_t bytes);

  std::vector<::executorch::runtime::FreeableBuffer> mapped_;
  std::vector<std::unique_ptr<char[]>> owned_;
  std::vector<Tensor> tensors_;
};

} // namespace pteron::mlx
