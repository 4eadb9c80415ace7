// What the official MLX delegate does not tell of a program's graphs, read from the file instead.
#pragma once

#include <string>
#include <vector>

#include "core/program_info.h"

namespace pteron {

// A summary a graph. Throws program_invalid where the file or a graph is damaged: the official library decodes graphs with fewer checks
// than ours, so what it gets was decoded here first.
std::vector<GraphSummary> readGraphs(const std::string& path);

// Throws unsupported_cache where a graph reaches for KV caches that it does not hold. The library would fail only when such a
// program is executed; the headers with which an application provides those caches are not shipped.
void checkCaches(const std::string& path, const std::vector<GraphSummary>& graphs);

} // namespace pteron
