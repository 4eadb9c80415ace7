// What the delegate found in the graphs of a program, for `pteron models inspect` and `Program.graphs`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pteron::mlx {

struct ConstantsOfType {
  int64_t count = 0, bytes = 0;
};

// A KV cache inside the graph, or other state.
struct StateBuffer {
  std::string name, dtype;
  std::vector<int64_t> shape; // -1 = dynamic
};

struct GraphInfo {
  std::string method;                        // "forward"
  std::map<std::string, int64_t> nodeCounts; // node kind → count, the main chain and those it calls
  int64_t constants = 0;
  int64_t constantBytes = 0;
  std::map<std::string, ConstantsOfType> constantTypes; // dtype → its share of both
  int64_t mutableBytes = 0;                             // a session; the delegate that loads a graph aligns each buffer
  std::vector<StateBuffer> state;
  std::vector<int64_t> cacheLayers; // of KV caches outside the graph, one for each node that attends over one
};

struct Graph;

// What the graph itself says, its init chain left out.
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
