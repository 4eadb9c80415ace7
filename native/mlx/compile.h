// Turns a chain of nodes into steps with resolved operands and planned lifetimes.
//
// The graph reuses tensor slots. Each write makes a new *version*; nodes are renamed to name versions, so that a
// version is written once. Versions 0 … tensors-1 are the slots' contents before the chain. A version that may be a
// view has a parent, and memory lives as long as the longest-lived of its versions.
#pragma once

#include "graph.h"
#include "handlers.h"

#include <string>
#include <vector>

namespace pteron::mlx {

struct Step {
  decltype(Handler::run) run = nullptr;
  Node* node = nullptr;
  Effect effect = Effect::Fresh;
  uint32_t source = 0; // View and Update: the version that the output may be a view of
  uint32_t out = 0;
  bool inPlace = false;           // Update: dst's memory may be changed
  bool materialize = false;       // View: copy, because the memory is overwritten while the view is still needed
  std::vector<uint32_t> released; // versions whose memory is free after this step
};

// A new content of a slot that outlives the chain: of a mutable buffer, or (init chain) of a constant.
struct Commit {
  uint32_t version, slot;
};

struct CompiledChain {
  std::vector<Step> steps;
  uint32_t versions = 0;
  std::vector<uint32_t> outputs; // version by output map entry (values: unused)
  std::vector<Commit> commits;
  std::vector<int> directOutputs; // version → output map entry that it can be written to directly, or -1
};

// Throws Failure where nodes are not supported (naming them all) or the chain reads what nothing wrote.
CompiledChain compileChain(Graph& graph, Chain& chain, bool isMain);

} // namespace pteron::mlx
