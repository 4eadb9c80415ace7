// Where MLX programs execute in this process.
#pragma once

#include "graph.h"

#include <string>

namespace pteron::mlx {

enum class MlxDevice : uint8_t {
  Kernels,   // our own kernels on the CPU
  Gpu,       // libmlx on an NVIDIA GPU
  LibmlxCpu, // libmlx on the CPU: slow, for comparing
};

// PTERON_DEVICE=cpu|gpu|cpu-libmlx, else the GPU where libmlx has one, else the CPU. Decided once.
MlxDevice mlxDevice();

// "NVIDIA H100 80GB HBM3", or what else executes; and its memory in bytes, 0 where it is the machine's.
std::string mlxDeviceName();
int64_t mlxDeviceMemory();
std::string libmlxVersion();
std::string libmlxPath(); // of the library that this process loaded; empty where the system does not say

// True where a graph cannot be executed by our kernels node by node: scans, Ifs within Ifs, and codes that depend on the
// declared type's rounding.
bool needsLibmlx(const Graph& graph);

} // namespace pteron::mlx
