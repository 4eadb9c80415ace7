// The gated delta rule in libmlx's operations.
#pragma once

#include <mlx/array.h>
#include <mlx/stream.h>

#include <vector>

namespace pteron::mlx::lazy {

// inputs as in known_kernels.h; returns y [B,T,Hv,Dv] and the new state, both fp32.
std::vector<::mlx::core::array> gatedDelta(const std::vector<::mlx::core::array>& inputs, ::mlx::core::Stream stream);

} // namespace pteron::mlx::lazy
