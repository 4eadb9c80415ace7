// What the delegate found in the graphs of a program, for `pteron models inspect` and `Program.graphs`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pteron::mlx {

struct GraphInfo {
  std::string method;               // "forward"
  std::map<std::string, int> nodes; // node kind → count, the main chain and those it calls
  int64_t constants = 0;
  int64_t constantBytes = 0;
  int64_t mutableBytes = 0; // KV caches and other state, bytes a session
  std::vector<std::vector<int64_t>> stateShapes; // of the mutable buffers; -1 = dynamic
};

struct Graph;

// What the graph itself says, its init chain left out; the constants' bytes are not known here.
GraphInfo describeGraph(const Graph& graph, std::string method);

// While one lives, every graph that the delegate loads on this thread is appended to `graphs`.
class GraphInfoCollector {
public:
  GraphInfoCollector();
  ~GraphInfoCollector();
  GraphInfoCollector(const GraphInfoCollector&) = delete;
  GraphInfoCollector& operator=(const GraphInfoCollector&) = delete;

  std::vector<GraphInfo> graphs;

private:
  GraphInfoCollector* outer_;
};

// Called by the delegate at the end of a successful load.
void reportGraph(GraphInfo info);

} // namespace pteron::mlx
