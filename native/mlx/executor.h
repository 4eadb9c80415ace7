// Executes one graph: binds inputs and state, runs the compiled steps, delivers the outputs.
#pragma once

#include "compile.h"
#include "constants.h"
#include "profile.h"
#include "state.h"

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>

#include <memory>
#include <mutex>

namespace pteron::mlx {

using ::executorch::runtime::EValue;
using ::executorch::runtime::Span;

class Executor {
public:
  // Compiles the graph and runs its init chain. Throws Failure.
  Executor(Graph graph, const ::executorch::runtime::NamedDataMap* data, cpu::ThreadPool& pool);

  // The graph's inputs in order, then its outputs, which are resized. Throws Failure. One call at a time; others wait.
  void execute(Span<EValue*> arguments);

  const Graph& graph() const { return graph_; }
  int64_t constantBytes() const { return constants_.bytes(); }
  int64_t stateBytes() const { return static_cast<int64_t>(state_.layout().bytes); }

private:
  void runInitChain(cpu::ThreadPool& pool);
  void bindConstants(Frame& frame) const;
  void bindInputs(Span<EValue*> arguments);
  void bindState(const State& state);
  void runSteps(Frame& frame, const CompiledChain& chain);
  void deliverOutputs(Span<EValue*> outputs);
  void commitState(const State& state);

  Graph graph_;
  Constants constants_;
  StateOwner state_;
  CompiledChain main_;
  std::unique_ptr<Frame> frame_;
  std::unique_ptr<Profile> profile_;
  std::mutex mutex_;
};

} // namespace pteron::mlx
