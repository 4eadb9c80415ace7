#include "device.h"

#include "compile.h"
#include "cpu/isa.h"
#include "cpu/thread_pool.h"

#include <mlx/device.h>
#include <mlx/memory.h>
#include <mlx/version.h>

#include <dlfcn.h>

#include <cstdlib>
#include <string_view>
#include <variant>

namespace pteron::mlx {

namespace mx = ::mlx::core;

namespace {

// TurboQuant's codes are decided by how the declared 16-bit type rounds at every step before, which fp32 activations do not.
bool packsCodes(const Node& node) {
  return node.kind == NodeKind::MetalKernel && static_cast<const MetalKernelNode&>(node).name == "tq4_compress";
}

const mx::Device kGpu(mx::Device::gpu);

MlxDevice chosen() {
  // Before libmlx reads it: a program that declares fp32 is computed in fp32, not in TF32's ten bits of mantissa.
  setenv("MLX_ENABLE_TF32", "0", /*overwrite=*/0);
  const char* wish = std::getenv("PTERON_DEVICE");
  const std::string_view name = wish ? wish : "";
  if (name == "cpu") return MlxDevice::Kernels;
  if (name == "cpu-libmlx") return MlxDevice::LibmlxCpu;
  return mx::is_available(kGpu) ? MlxDevice::Gpu : MlxDevice::Kernels;
}

// Else freed memory stays with libmlx up to the whole device's.
constexpr size_t kCacheBytes = size_t{256} << 20, kGpuCacheBytes = size_t{2} << 30;

template <class T> T gpuProperty(const char* name) {
  const auto& properties = mx::device_info(kGpu);
  const auto found = properties.find(name);
  if (found == properties.end() || !std::holds_alternative<T>(found->second)) return {};
  return std::get<T>(found->second);
}

} // namespace

MlxDevice mlxDevice() {
  static const MlxDevice device = [] {
    const MlxDevice choice = chosen();
    mx::set_cache_limit(choice == MlxDevice::Gpu ? kGpuCacheBytes : kCacheBytes);
    return choice;
  }();
  return device;
}

std::string mlxDeviceName() {
  if (mlxDevice() == MlxDevice::Gpu) return "cuda: " + gpuProperty<std::string>("device_name");
  if (mlxDevice() == MlxDevice::LibmlxCpu) return "cpu (libmlx)";
  const int threads = cpu::ThreadPool::defaultThreads();
  return std::string("cpu (") + cpu::isaName() + ", " + std::to_string(threads) +
         (threads == 1 ? " thread)" : " threads)");
}

int64_t mlxDeviceMemory() {
  return mlxDevice() == MlxDevice::Gpu ? static_cast<int64_t>(gpuProperty<size_t>("total_memory")) : 0;
}

std::string libmlxVersion() { return mx::version(); }

std::string libmlxPath() {
  Dl_info info{};
  return dladdr(reinterpret_cast<const void*>(&mx::version), &info) && info.dli_fname ? info.dli_fname : "";
}

bool needsLibmlx(const Graph& graph) {
  for (const Chain& chain : graph.chains)
    for (const auto& node : chain)
      if (node->kind == NodeKind::Scan || packsCodes(*node)) return true;
  return !compilesIfs(graph);
}

} // namespace pteron::mlx
