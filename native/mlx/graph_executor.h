// What the backend holds for one delegated graph, whoever executes it.
#pragma once

#include "graph.h"

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>

namespace pteron::mlx {

using ::executorch::runtime::EValue;
using ::executorch::runtime::Span;

class GraphExecutor {
public:
  virtual ~GraphExecutor() = default;
  // The graph's inputs in order, then its outputs, which are resized. Throws Failure. One call at a time; others wait.
  virtual void execute(Span<EValue*> arguments) = 0;
  virtual const Graph& graph() const = 0;
  virtual int64_t stateBytes() const = 0; // of one session
};

} // namespace pteron::mlx
