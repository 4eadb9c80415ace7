#include "graph_info.h"

#include "graph.h"

#include <utility>

namespace pteron::mlx {

namespace {
thread_local GraphInfoCollector* collector = nullptr;
}

GraphInfo describeGraph(const Graph& graph, std::string method) {
  GraphInfo info;
  info.method = std::move(method);
  for (size_t i = 0; i < graph.chains.size(); ++i)
    if (static_cast<int32_t>(i) != graph.initChain)
      for (const auto& node : graph.chains[i]) ++info.nodes[nodeName(node->kind)];
  info.constants = graph.constants;
  for (uint32_t slot : graph.mutableMap) {
    auto bytes = static_cast<int64_t>(byteSize(graph.meta[slot].type));
    for (int64_t size : graph.meta[slot].shape) bytes *= size;
    info.mutableBytes += bytes;
    info.stateShapes.push_back(graph.meta[slot].shape);
    info.stateShapes.push_back(graph.meta[slot].shape);
  }
  return info;
}

GraphInfoCollector::GraphInfoCollector() : outer_(std::exchange(collector, this)) {}

GraphInfoCollector::~GraphInfoCollector() { collector = outer_; }

void reportGraph(GraphInfo info) {
  if (collector) collector->graphs.push_back(std::move(info));
}

} // namespace pteron::mlx
