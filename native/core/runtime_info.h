// Versions, backends and the device that this build runs on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/machine_memory.h"

namespace pteron {

struct RuntimeInfo {
  std::string executorch;
  std::optional<std::string> mlx;
  std::vector<std::string> backends;
  std::string mlxDevice; // "cpu (avx2, 2 threads)", "metal"; "none" without a delegate
  std::optional<std::string> mlxLibrary; // the path of the libmlx that was loaded
  int64_t mlxDeviceBytes = 0;            // the device's own memory; 0 where it is the machine's
  std::vector<std::string> cpuFeatures;
  int threads = 0;
  MachineMemory memory;
};

RuntimeInfo runtimeInfo();

} // namespace pteron
