// The table of lazy node handlers: every kind of the schema, each a few lines over libmlx. They build whole programs on a
// GPU, and evaluate one node at a time where the CPU's kernels do not know its kind.
#pragma once

#include "frame.h"

#include <array>

namespace pteron::mlx::lazy {

struct Handler {
  void (*run)(Frame& frame, const Node& node) = nullptr;
  // Why a node of this kind cannot be executed, or null; asked at load.
  const char* (*refuse)(const Node& node) = nullptr;
};

using HandlerTable = std::array<Handler, kNodeKinds>;

template <class N> struct NodeOf;
template <class N> struct NodeOf<void (*)(Frame&, const N&)> {
  using type = N;
};

// Adds a handler: `on<&runRope>(table)` for `void runRope(Frame&, const RopeNode&)`.
template <auto Run> Handler& on(HandlerTable& table) {
  using N = typename NodeOf<decltype(Run)>::type;
  Handler& handler = table[static_cast<size_t>(N::kKind)];
  handler.run = [](Frame& frame, const Node& node) { Run(frame, static_cast<const N&>(node)); };
  return handler;
}

void addAttentionHandlers(HandlerTable& table);   // Rope, Sdpa, RMSNorm, LayerNorm
void addControlHandlers(HandlerTable& table);     // Noop, Scan, If
void addConvolutionHandlers(HandlerTable& table); // Conv*, ConvTranspose*
void addCreationHandlers(HandlerTable& table);    // Full, FullLike, ARange, Tri, RandomBits
void addElementwiseHandlers(HandlerTable& table); // unary, binary, comparison, logical, bitwise, Where, Clip, AsType
void addIndexHandlers(HandlerTable& table);       // Take…, Gather, Slice…, IndexCopy, ScatterAdd, Sort, Partition …
void addIntegerHandlers(HandlerTable& table);     // host values: AddInt …, SymSize, ItemInt
void addMatmulHandlers(HandlerTable& table);      // Addmm, QuantizedMatmul, Dequantize, GatherMm, GatherQmm
void addOffGraphHandlers(HandlerTable& table);    // UpdateAndAttend
void addMetalKernelHandlers(HandlerTable& table);
void addReductionHandlers(HandlerTable& table); // Sum … Median, Softmax, LogSumExp, Cumsum, Any, All, Argmax …
void addShapeHandlers(HandlerTable& table);     // Reshape, Transpose, Concatenate, Split, Pad, Tile, Roll, Flip, Tril …

const HandlerTable& handlers();

} // namespace pteron::mlx::lazy
