// Executes one graph by building it from arrays of libmlx, on an NVIDIA GPU or on libmlx's CPU stream.
#pragma once

#include "../constants.h"
#include "../graph_executor.h"
#include "../state.h"
#include "frame.h"
#include "fusion.h"
#include "inputs.h"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace pteron::mlx::lazy {

// One run of the main chain, built and not evaluated yet.
struct Call {
  std::vector<mx::array> results;
  std::vector<mx::array> buffers; // the mutable ones, afterwards
};

// A call built before it came.
struct PreparedCall {
  Call call;
  Inputs inputs; // expected
  std::vector<std::uintptr_t> readOnHost;
};

// The mutable buffers of one session; empty until first used, and after a call that failed.
class ArrayState final : public State {
public:
  ArrayState(const Graph& graph, mx::Stream stream) : graph_(graph), stream_(stream) {}
  // Hands the arrays over: the caller's are then the only references, so libmlx can update them in place.
  std::vector<mx::array> take();
  void keep(std::vector<mx::array> arrays) { arrays_ = std::move(arrays); }
  void forget();
  const std::vector<mx::array>& arrays() const { return arrays_; }

  OffGraphCache caches;
  std::optional<Inputs> last;         // of the call before
  std::unique_ptr<PreparedCall> next; // on the arrays as they are

  std::shared_ptr<State> copy() const override;
  void save(std::ostream& file) const override;
  void restore(std::istream& file) override;

private:
  std::vector<mx::array> zeros() const;
  const Graph& graph_;
  const mx::Stream stream_; // libmlx's default streams belong to threads
  std::vector<mx::array> arrays_;
};

class Executor final : public GraphExecutor {
public:
  // Wraps or uploads the constants and runs the init chain. Throws Failure.
  Executor(Graph graph, const ::executorch::runtime::NamedDataMap* data, mx::Device device);

  void execute(Span<EValue*> arguments) override;
  const Graph& graph() const override { return graph_; }
  int64_t stateBytes() const override { return state_.bytes(); }

private:
  void bindConstants(const ::executorch::runtime::NamedDataMap* data, mx::Device device);
  void runInitChain();
  void planWrites();
  void planReleases();
  Call callFor(const Inputs& given, Span<EValue*> outputs, ArrayState& state);
  Call build(const Inputs& inputs, Span<EValue*> outputs, std::vector<mx::array> buffers, ArrayState& state);
  void prepareNext(const Inputs& given, Span<EValue*> outputs, ArrayState& state);
  void runChain(uint32_t chain);
  void runNode(const Node& node, size_t index, const FusedStep* fused);
  void evaluatePending(const Node& node);
  std::vector<mx::array> results(Span<EValue*> outputs) const;
  void deliver(const std::vector<mx::array>& results, Span<EValue*> outputs) const;
  void clearFrame();

  Graph graph_;
  std::unique_ptr<Constants> mapped_; // what the constants' arrays lie in, on a CPU
  StateOwner state_;
  Frame frame_;
  std::vector<FusedStep> steps_;           // by node of the main chain: what replaces it
  std::vector<std::vector<Tid>> released_; // by node of the main chain: temporaries that nothing reads later
  std::unordered_map<const Node*, std::vector<Tid>> written_;
  size_t pendingBytes_ = 0, pendingNodes_ = 0; // of arrays built, not evaluated
  bool canPrepare_ = false;                    // that a call can be built before it comes
  int depth_ = 0;                              // of chains within chains
  std::mutex mutex_;
};

} // namespace pteron::mlx::lazy
