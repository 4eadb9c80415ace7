#include "graph_info.h"

#include "graph.h"

#include <algorithm>
#include <utility>

namespace pteron::mlx {

namespace {

thread_local GraphInfoCollector* collector = nullptr;

constexpr int64_t kMostBytes = int64_t{1} << 50; // damaged graphs declare more; sums of these do not overflow

int64_t bytesOf(const TensorMeta& meta) {
  auto bytes = static_cast<int64_t>(byteSize(meta.type));
  for (const int64_t size : meta.shape) {
    if (size <= 0) return 0;
    bytes = std::min(bytes, kMostBytes / size) * size;
  }
  return bytes;
}

void countNodes(const Graph& graph, GraphInfo& info) {
  for (size_t i = 0; i < graph.chains.size(); ++i) {
    if (static_cast<int32_t>(i) == graph.initChain) continue;
    for (const auto& node : graph.chains[i]) {
      ++info.nodeCounts[nodeName(node->kind)];
      if (node->kind == NodeKind::UpdateAndAttend)
        info.cacheLayers.push_back(static_cast<const UpdateAndAttendNode&>(*node).layerId.value_or(0));
    }
  }
}

} // namespace

GraphInfo describeGraph(const Graph& graph, std::string method) {
  GraphInfo info;
  info.method = std::move(method);
  countNodes(graph, info);
  info.constants = graph.constants;
  for (uint32_t slot = 0; slot < graph.constants; ++slot) {
    const int64_t bytes = bytesOf(graph.meta[slot]);
    ConstantsOfType& type = info.constantTypes[dtypeName(graph.meta[slot].type)];
    ++type.count;
    type.bytes = std::min(type.bytes + bytes, kMostBytes);
    info.constantBytes = std::min(info.constantBytes + bytes, kMostBytes);
  }
  for (const uint32_t slot : graph.mutableMap) {
    const TensorMeta& meta = graph.meta[slot];
    info.mutableBytes = std::min(info.mutableBytes + bytesOf(meta), kMostBytes);
    info.state.push_back({graph.names[slot], dtypeName(meta.type), meta.shape});
  }
  return info;
}

GraphInfoCollector::GraphInfoCollector() : outer_(std::exchange(collector, this)) {}

GraphInfoCollector::~GraphInfoCollector() { collector = outer_; }

void reportGraph(GraphInfo info) {
  if (collector) collector->graphs.push_back(std::move(info));
}

} // namespace pteron::mlx
