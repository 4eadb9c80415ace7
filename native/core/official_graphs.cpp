#include "core/official_graphs.h"

#include <algorithm>
#include <stdexcept>

#include "core/errors.h"
#include "mlx/program_file.h"

namespace pteron {

std::vector<GraphSummary> readGraphs(const std::string& path) {
  try {
    return mlx::readProgramFile(path);
  } catch (const std::runtime_error& damage) {
    throw programInvalid(path, damage.what());
  }
}

void checkCaches(const std::string& path, const std::vector<GraphSummary>& graphs) {
  const auto reachesOutside = [](const GraphSummary& graph) { return !graph.cacheLayers.empty(); };
  if (std::any_of(graphs.begin(), graphs.end(), reachesOutside)) {
    throw unsupportedCache(path);
  }
}

} // namespace pteron
