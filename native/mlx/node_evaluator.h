// Evaluates single nodes with libmlx, for kinds that need no speed: operands are wrapped without a copy where their layout
// allows, results are copied into the node's outputs. Costs some 50 µs a node.
#pragma once

#include "frame.h"

namespace pteron::mlx {

void evaluateNode(Frame& frame, const Node& node);

// Null where libmlx can evaluate the node, "" for an unsupported kind, else why not this one.
const char* refuseEvaluation(const Node& node);

} // namespace pteron::mlx
