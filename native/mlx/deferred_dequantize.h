// Attention on a quantized KV cache reads the codes where they lie, instead of a dequantized copy of every position.
#pragma once

#include "compile.h"

#include <functional>

namespace pteron::mlx {

// Turns Dequantize nodes whose only reader is an attention node, of its keys and its values alike, into views of their
// words, and notes them in chain.deferred. keepsMemory: whether a version is (a view of) state or a constant, whose
// memory no later step gives to others.
void deferDequantization(CompiledChain& chain, const std::function<bool(uint32_t)>& keepsMemory);

} // namespace pteron::mlx
