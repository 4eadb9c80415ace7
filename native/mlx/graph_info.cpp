#include "graph_info.h"

#include <utility>

namespace pteron::mlx {

namespace {
thread_local GraphInfoCollector* collector = nullptr;
}

GraphInfoCollector::GraphInfoCollector() : outer_(std::exchange(collector, this)) {}

GraphInfoCollector::~GraphInfoCollector() { collector = outer_; }

void reportGraph(GraphInfo info) {
  if (collector) collector->graphs.push_back(std::move(info));
}

} // namespace pteron::mlx
