// Activations, and their products with a gate's other half in one kernel.
#pragma once

#include <mlx/array.h>
#include <mlx/stream.h>

namespace pteron::mlx::lazy {

namespace mx = ::mlx::core;

enum class Activation { Silu, Gelu, GeluTanh };

mx::array activated(Activation activation, const mx::array& x, mx::Stream stream);

// activated(x) · factor, compiled to one kernel where the stream is a GPU's.
mx::array gated(Activation activation, const mx::array& x, const mx::array& factor, mx::Stream stream);

} // namespace pteron::mlx::lazy
