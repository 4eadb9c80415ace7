// Small graphs written by hand: two mutable buffers of four floats, two inputs, two outputs, temporaries.
#pragma once

#include "check.h"
#include "executor.h"
#include "payload.h"

#include <executorch/extension/tensor/tensor.h>

#include <array>

namespace pteron::mlx::test {

using Row = std::array<float, 4>;

// Tensor slots.
enum Slot : uint32_t { In0, In1, Out0, Out1, State0, State1, Temp0, Temp1, Temp2, kSlots };

inline IntOrVid literal(int64_t value) {
  IntOrVid choice;
  choice.literal = value;
  return choice;
}

inline Graph emptyGraph() {
  Graph graph;
  graph.inputs = graph.outputs = graph.mutables = 2;
  graph.temps = kSlots - Temp0;
  graph.inputMap = {{true, In0}, {true, In1}};
  graph.outputMap = {{true, Out0}, {true, Out1}};
  graph.mutableMap = {State0, State1};
  graph.names.resize(kSlots);
  for (uint32_t slot = 0; slot < Temp0; ++slot) graph.meta.push_back({{4}, DType::F32});
  graph.chains.resize(1);
  return graph;
}

template <class N> N& add(Graph& graph) {
  auto node = std::make_unique<N>();
  N& added = *node;
  graph.chains[0].push_back(std::move(node));
  return added;
}

inline void copy(Graph& graph, Slot x, Slot out) {
  auto& node = add<IdCopyNode>(graph);
  node.x.idx = x;
  node.out.idx = out;
}

inline void sum(Graph& graph, Slot a, Slot b, Slot out) {
  auto& node = add<AddNode>(graph);
  node.a.idx = a;
  node.b.idx = b;
  node.out.idx = out;
}

inline void update(Graph& graph, Slot dst, Slot value, Slot out, int64_t start, int64_t stop) {
  auto& node = add<SliceUpdateNode>(graph);
  node.dst.idx = dst;
  node.update.idx = value;
  node.out.idx = out;
  node.axis = literal(0);
  node.start = literal(start);
  node.stop = literal(stop);
}

inline void slice(Graph& graph, Slot x, Slot out, int64_t start, int64_t stop) {
  auto& node = add<SliceNode>(graph);
  node.x.idx = x;
  node.out.idx = out;
  node.axis = literal(0);
  node.start = literal(start);
  node.stop = literal(stop);
}

// Executes once with the two inputs and returns the two outputs.
inline std::array<Row, 2> call(Executor& executor, Row first, Row second) {
  using ::executorch::extension::from_blob;
  std::array<Row, 2> results{};
  auto a = from_blob(first.data(), {4}), b = from_blob(second.data(), {4});
  auto x = from_blob(results[0].data(), {4}), y = from_blob(results[1].data(), {4});
  EValue values[] = {*a, *b, *x, *y};
  EValue* arguments[] = {&values[0], &values[1], &values[2], &values[3]};
  executor.execute({arguments, 4});
  return results;
}

inline cpu::ThreadPool& pool() {
  static cpu::ThreadPool instance(1);
  return instance;
}

} // namespace pteron::mlx::test
