// Evaluates single nodes with libmlx, for kinds that need no speed: operands are wrapped without a copy where their
// layout allows, the result is copied into the node's output. Costs some 50 µs a node.
#pragma once

#include "frame.h"

#include <mlx/array.h>
#include <mlx/stream.h>
#include <mlx/utils.h>

#include <functional>

namespace pteron::mlx {

namespace mx = ::mlx::core;

// The tensor as an array; its memory must stay until the array is evaluated.
mx::array toArray(Frame& frame, const Tensor& tensor);

// Evaluates what `compute` builds on the CPU and stores it in `out`, declared as `type` where that is the result's kind
// (float or not), else as the result's own type. One evaluation at a time in the process.
void evaluate(Frame& frame, Tid out, DType type, const std::function<mx::array(mx::StreamOrDevice)>& compute);

} // namespace pteron::mlx
