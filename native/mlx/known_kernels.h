// Metal kernels are known by their name and source: no Metal compiler is here, so those that are known run as what they
// compute, and one of a known name with another source is another kernel.
#pragma once

#include "mlx_nodes.h"

#include <cctype>
#include <string_view>

namespace pteron::mlx {

struct KernelName {
  std::string_view name;
  uint64_t source; // FNV-1a of its Metal source without white space
};

// inputs: q and k [B,T,Hk,Dk], v [B,T,Hv,Dv], g and beta [B,T,Hv], state [B,Hv,Dv,Dk], T; outputs: y as v, the new state.
// executorch/backends/mlx/custom_kernel_ops/gated_delta_rule.py.
constexpr KernelName kGatedDeltaStep{"gated_delta_step", 0x15f101f635e5709d};

inline uint64_t sourceHash(std::string_view source) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char each : source)
    if (!std::isspace(static_cast<unsigned char>(each)))
      hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3;
  return hash;
}

inline bool isKernel(const MetalKernelNode& node, const KernelName& kernel) {
  return node.name == kernel.name && sourceHash(node.source) == kernel.source;
}

} // namespace pteron::mlx
