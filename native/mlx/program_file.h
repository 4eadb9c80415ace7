// The MLX graphs in a program file (.pte), read without ExecuTorch: for inspection where the delegate is not ours.
// Format: executorch/schema/program.fbs and extended_header of ExecuTorch 1.5.
#pragma once

#include "graph_info.h"

#include <string>
#include <vector>

namespace pteron::mlx {

// In the order of the methods. Throws fb::FormatError where the file or a graph is damaged, or cannot be read.
std::vector<GraphInfo> readProgramFile(const std::string& path);

} // namespace pteron::mlx
