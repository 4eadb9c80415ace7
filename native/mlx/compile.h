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

// The steps of an If's branches lie behind one another; each says which of them it belongs to.
struct Branch {
  int decision = -1; // index of the If among the chain's, -1 for what is always executed
  bool then = false;
};

struct Step {
  decltype(Handler::run) run = nullptr;
  Node* node = nullptr;
  Effect effect = Effect::Fresh;
  uint32_t source = 0; // View and Update: the version that the output may be a view of
  uint32_t out = 0;
  bool inPlace = false;           // Update: dst's memory may be changed
  bool materialize = false;       // View: copy, because the memory is overwritten while the view is still needed
  std::vector<uint32_t> released; // versions whose memory is free after this step, even where its branch is not taken
  Branch branch{};
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
  int decisions = 0;              // Ifs
  std::vector<std::unique_ptr<Node>> joins; // copies of what either branch gives to what comes after them
  DeferredDequantize deferred;
};

// Throws Failure where nodes are not supported (naming them all) or the chain reads what nothing wrote.
CompiledChain compileChain(Graph& graph, Chain& chain, bool isMain);

// Whether every If can be compiled: each branch is a chain of its own, without Ifs and Scans within.
bool compilesIfs(const Graph& graph);

} // namespace pteron::mlx
