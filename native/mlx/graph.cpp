#include "graph.h"

#include <string>

namespace pteron::mlx {

namespace {

constexpr size_t kHeaderBytes = 24;
// Field numbers of the tables that are not nodes, in the order of schema.fbs.
enum GraphField {
  Version,
  Constants,
  Inputs,
  Outputs,
  Mutables,
  Temps,
  Values,
  Chains,
  MainChain,
  InitChain,
  InputMap,
  OutputMap,
  MutableMap,
  NamedSlots,
  Meta
};
enum SlotField { SlotIdx, SlotType };
enum InstructionField { OpType, Op };

[[noreturn]] void fail(const std::string& what) { throw fb::FormatError("damaged graph: " + what); }

fb::Buffer graphBytes(const void* payload, size_t bytes) {
  const fb::Buffer file(payload, bytes);
  if (bytes < kHeaderBytes || std::memcmp(static_cast<const char*>(payload) + 4, "MLX0", 4) != 0)
    fail("not an MLX delegate's payload");
  const auto end = file.load<uint64_t>(8);
  if (end < kHeaderBytes || end > bytes) fail("the header's size is wrong");
  return {static_cast<const char*>(payload) + kHeaderBytes, static_cast<size_t>(end - kHeaderBytes)};
}

// The serializer writes an absent element of the vector as an offset to the end of the buffer.
TensorMeta readMeta(const fb::Buffer& buffer, size_t at) {
  TensorMeta meta;
  if (at + buffer.load<uint32_t>(at) == buffer.size()) return meta;
  const fb::Table table(buffer, buffer.follow(at));
  const auto dims = table.tables(0);
  if (dims.size() > kMaxRank) fail("a tensor has " + std::to_string(dims.size()) + " dimensions");
  for (const fb::Table& dim : dims) meta.shape.push_back(std::max<int32_t>(-1, dim.scalar<int32_t>(0, -1)));
  meta.type = static_cast<DType>(table.scalar<int8_t>(1, 0));
  if (byteSize(meta.type) == 0)
    fail("a tensor has the unsupported element type " + std::to_string(table.scalar<int8_t>(1, 0)));
  return meta;
}

std::vector<IoSlot> readSlots(const fb::Table& root, int field, const Graph& graph) {
  std::vector<IoSlot> slots;
  for (const fb::Table& each : root.tables(field)) {
    IoSlot slot{each.scalar<int8_t>(SlotType, 0) == 0, each.scalar<uint32_t>(SlotIdx, 0)};
    if (slot.idx >= (slot.isTensor ? graph.tensors() : graph.values)) fail("an input or output has no slot");
    slots.push_back(slot);
  }
  return slots;
}

Chain readChain(const fb::Table& table) {
  Chain chain;
  for (const fb::Table& instruction : table.tables(0)) {
    const auto kind = static_cast<NodeKind>(instruction.scalar<uint8_t>(OpType, 0));
    chain.push_back(decodeNode(kind, instruction.table(Op)));
  }
  return chain;
}

void readCounts(const fb::Table& root, Graph& graph) {
  uint32_t* counts[] = {&graph.constants, &graph.inputs, &graph.outputs, &graph.mutables, &graph.temps, &graph.values};
  for (int i = 0; i < 6; ++i) {
    *counts[i] = root.scalar<uint32_t>(Constants + i, 0);
    // Each slot is mentioned somewhere in four bytes or more.
    if (*counts[i] > root.buffer().size() / 4) fail("it declares more slots than it can hold");
  }
}

void readNames(const fb::Table& root, Graph& graph) {
  graph.names.resize(graph.tensors());
  for (const fb::Table& each : root.tables(NamedSlots)) {
    const fb::Table slot = each.table(1);
    const auto idx = slot.scalar<uint32_t>(SlotIdx, 0);
    if (slot.scalar<int8_t>(SlotType, 0) != 0) continue;
    if (idx >= graph.tensors()) fail("a name has no slot");
    graph.names[idx] = each.string(0);
  }
}

// Every input and mutable slot is bound before the chain runs, and no other.
void checkCoverage(const Graph& graph) {
  std::vector<bool> bound(graph.tensors());
  for (const IoSlot& slot : graph.inputMap) {
    if (!slot.isTensor) continue;
    if (graph.space(slot.idx) != Space::Input) fail("an input is bound to a tensor that is none");
    bound[slot.idx] = true;
  }
  for (uint32_t slot : graph.mutableMap) {
    if (bound[slot]) fail("two mutable buffers share a slot");
    bound[slot] = true;
  }
  for (uint32_t slot = 0; slot < graph.tensors(); ++slot)
    if (!bound[slot] && (graph.space(slot) == Space::Input || graph.space(slot) == Space::Mutable))
      fail("an input or mutable buffer is not bound");
}

void readTensors(const fb::Table& root, Graph& graph) {
  const fb::Vector metas = root.vector(Meta, 4);
  if (metas.count != graph.tensors() - graph.temps) fail("the shapes of some tensors are missing");
  for (size_t i = 0; i < metas.count; ++i) graph.meta.push_back(readMeta(root.buffer(), metas.at(i)));
  graph.inputMap = readSlots(root, InputMap, graph);
  graph.outputMap = readSlots(root, OutputMap, graph);
  for (const IoSlot& slot : readSlots(root, MutableMap, graph)) {
    if (!slot.isTensor || graph.space(slot.idx) != Space::Mutable) fail("a mutable buffer has no slot");
    for (int64_t dim : graph.meta[slot.idx].shape)
      if (dim < 0) fail("a mutable buffer has a dynamic shape");
    graph.mutableMap.push_back(slot.idx);
  }
  checkCoverage(graph);
}

// Every slot that a node names exists, and there are no more temporary slots than writes.
void checkNodes(Graph& graph) {
  size_t writes = 0;
  for (const Chain& chain : graph.chains)
    for (const auto& node : chain) {
      const auto tensor = [&](Tid& tid, Access access) {
        if (tid.idx >= graph.tensors()) fail(std::string(nodeName(node->kind)) + " names a tensor that is not there");
        writes += access == Access::Write;
      };
      const auto value = [&](Vid& vid, Access) {
        if (vid.idx >= graph.values) fail(std::string(nodeName(node->kind)) + " names a value that is not there");
      };
      visitSlots(*node, tensor, value);
    }
  if (graph.temps > writes) fail("it declares more slots than it uses");
}

} // namespace

Space Graph::space(uint32_t slot) const {
  if (slot < constants) return Space::Constant;
  if (slot < constants + inputs) return Space::Input;
  if (slot < constants + inputs + outputs) return Space::Output;
  return slot < constants + inputs + outputs + mutables ? Space::Mutable : Space::Temp;
}

bool Graph::declaresHalf() const {
  for (const IoSlot& slot : outputMap)
    if (slot.isTensor && slot.idx < meta.size() && isHalf(meta[slot.idx].type)) return true;
  return false;
}

Graph decodeGraph(const void* payload, size_t bytes) {
  const fb::Buffer buffer = graphBytes(payload, bytes);
  const fb::Table root = fb::Table::root(buffer);
  Graph graph;
  readCounts(root, graph);
  readTensors(root, graph);
  readNames(root, graph);
  for (const fb::Table& chain : root.tables(Chains)) graph.chains.push_back(readChain(chain));
  graph.mainChain = root.scalar<uint32_t>(MainChain, 0);
  graph.initChain = root.scalar<int32_t>(InitChain, -1);
  if (graph.mainChain >= graph.chains.size()) fail("the main chain is missing");
  if (graph.initChain < -1 || graph.initChain >= static_cast<int64_t>(graph.chains.size()))
    fail("the init chain is missing");
  checkNodes(graph);
  return graph;
}

} // namespace pteron::mlx
