// Executes one graph: binds inputs and state, runs the compiled steps, delivers the outputs.
#pragma once

#include "compile.h"
#include "constants.h"
#include "graph_executor.h"
#include "host_state.h"
#include "profile.h"
#include "state.h"

#include <memory>
#include <mutex>

namespace pteron::mlx {

class Executor final : public GraphExecutor {
public:
  // Compiles the graph and runs its init chain. Throws Failure.
  Executor(Graph graph, const ::executorch::runtime::NamedDataMap* data, cpu::ThreadPool& pool);

  void execute(Span<EValue*> arguments) override;
  const Graph& graph() const override { return graph_; }
  int64_t stateBytes() const override { return static_cast<int64_t>(layout_.bytes); }

private:
  void runInitChain(cpu::ThreadPool& pool);
  void bindConstants(Frame& frame) const;
  void bindInputs(Span<EValue*> arguments);
  void bindState(const HostState& state);
  void runSteps(Frame& frame, const CompiledChain& chain);
  void deliverOutputs(Span<EValue*> outputs);
  void commitState(const HostState& state);

  Graph graph_;
  Constants constants_;
  StateLayout layout_;
  StateOwner state_;
  CompiledChain main_;
  std::unique_ptr<Frame> frame_;
  std::unique_ptr<Profile> profile_;
  std::mutex mutex_;
};

} // namespace pteron::mlx
