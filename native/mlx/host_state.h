// The mutable buffers of a graph that our own kernels execute.
#pragma once

#include "graph.h"
#include "off_graph_cache.h"
#include "state.h"

namespace pteron::mlx {

// Where the mutable buffers of one graph lie within one allocation.
struct StateLayout {
  std::vector<size_t> offsets; // by mutable map entry
  size_t bytes = 0;
};
StateLayout layoutState(const Graph& graph);

// One allocation, zero until written; pages that are never touched cost nothing.
class HostState final : public State {
public:
  explicit HostState(const StateLayout& layout);
  ~HostState() override;
  HostState(const HostState&) = delete;
  HostState& operator=(const HostState&) = delete;
  void* buffer(size_t entry) const { return data_ + layout_.offsets[entry]; }
  OffGraphCache caches;

  std::shared_ptr<State> copy() const override;
  void save(std::ostream& file) const override;
  void restore(std::istream& file) override;

private:
  const StateLayout& layout_;
  char* base_;
  char* data_;
};

} // namespace pteron::mlx
