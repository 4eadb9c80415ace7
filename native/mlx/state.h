// Mutable buffers (KV caches and other state) of the graphs, one set for each session, and the contexts that group them.
#pragma once

#include "graph.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace pteron::mlx {

// Where the mutable buffers of one graph lie within one allocation.
struct StateLayout {
  std::vector<size_t> offsets; // by mutable map entry
  size_t bytes = 0;
};
StateLayout layoutState(const Graph& graph);

// One graph's buffers of one session, zero until written; pages that are never touched cost nothing.
class State {
public:
  explicit State(const StateLayout& layout);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  void* buffer(size_t entry) const { return data_ + layout_.offsets[entry]; }

private:
  const StateLayout& layout_;
  char* base_;
  char* data_;
};

// A graph's membership in the context whose load scope was open when it was loaded, and its state there.
class StateOwner {
public:
  explicit StateOwner(StateLayout layout);
  ~StateOwner();
  StateOwner(const StateOwner&) = delete;
  StateOwner& operator=(const StateOwner&) = delete;

  // The state to execute with on this thread: the active session's, or the graph's own where its context has no
  // sessions. Throws Failure where a session is needed and none, or another context's, is active.
  std::shared_ptr<State> active();
  const StateLayout& layout() const { return layout_; }

private:
  const StateLayout layout_;
  const int context_;
  std::mutex mutex_;
  std::shared_ptr<State> own_; // allocated at first use
};

} // namespace pteron::mlx
