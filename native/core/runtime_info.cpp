#include "core/runtime_info.h"

#include <algorithm>
#include <sstream>
#include <thread>

#include <executorch/runtime/backend/interface.h>

#ifdef PTERON_OWN_DELEGATE
#include "mlx/cpu/isa.h"
#include "mlx/cpu/thread_pool.h"
#include "mlx/device.h"
#endif
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

namespace pteron {
namespace {

std::vector<std::string> backendNames() {
  std::vector<std::string> names;
  for (size_t i = 0; i < executorch::runtime::get_num_registered_backends(); ++i) {
    if (const auto name = executorch::runtime::get_backend_name(i); name.ok()) {
      names.emplace_back(*name);
    }
  }
  return names;
}

#ifdef __APPLE__
// The official library exports no MLX functions; the GPU is part of the chip, which the system names.
std::string deviceName() {
  char brand[128] = "Apple Silicon";
  size_t size = sizeof brand;
  sysctlbyname("machdep.cpu.brand_string", brand, &size, nullptr, 0);
  return std::string("metal: ") + brand;
}
#endif

} // namespace

RuntimeInfo runtimeInfo() {
  RuntimeInfo info;
  info.executorch = PTERON_EXECUTORCH_VERSION;
  info.backends = backendNames();
  info.memory = machineMemory();
#ifdef PTERON_OWN_DELEGATE
  info.mlx = mlx::libmlxVersion();
  info.threads = cpu::ThreadPool::defaultThreads();
  std::istringstream features(cpu::cpuFeatures());
  for (std::string feature; features >> feature;) {
    info.cpuFeatures.push_back(feature);
  }
  info.mlxDevice = mlx::mlxDeviceName();
  info.mlxLibrary = mlx::libmlxPath();
  info.mlxDeviceBytes = mlx::mlxDeviceMemory();
#else
  info.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
#if defined(__APPLE__) && defined(PTERON_WITH_MLX)
  info.mlxDevice = deviceName();
#else
  info.mlxDevice = "none";
#endif
#endif
  return info;
}

} // namespace pteron
