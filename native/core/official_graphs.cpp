#include "core/official_graphs.h"

#include <algorithm>

#include "core/errors.h"
#include "mlx/program_file.h"

namespace pteron {

std::vector<GraphSummary> readGraphs(const std::string& path) {
  std::vector<GraphSummary> summaries;
  try {
    for (const mlx::GraphInfo& graph : mlx::readProgramFile(path)) {
      summaries.push_back({graph.method,
                           {graph.nodes.begin(), graph.nodes.end()},
                           graph.constants,
                           graph.constantBytes,
                           graph.mutableBytes,
                           graph.stateShapes});
    }
  } catch (const std::exception&) {
    summaries.clear();
  }
  return summaries;
}

void checkCaches(const std::string& path, const std::vector<GraphSummary>& graphs) {
  const auto reachesOutside = [](const GraphSummary& graph) { return graph.nodeCounts.count("UpdateAndAttendNode") > 0; };
  if (std::any_of(graphs.begin(), graphs.end(), reachesOutside)) {
    throw unsupportedCache(path);
  }
}

} // namespace pteron
