// The table of node kinds that this delegate executes. Each file in nodes/ registers a group of kinds.
#pragma once

#include "frame.h"

#include <array>

namespace pteron::mlx {

// How a node's output relates to its operands' memory; compile.cpp plans lifetimes by it.
enum class Effect : uint8_t {
  Fresh,  // the output has memory of its own
  View,   // the output may be a view of the first tensor read
  Update, // the output is the first tensor read (`dst`), changed in place
  Value,  // writes no tensor
};

struct Handler {
  void (*run)(Frame& frame, const Node& node) = nullptr; // null: left to libmlx (node_evaluator.h)
  Effect effect = Effect::Fresh;
  // Why the kernels cannot execute this node, or null; asked at load. libmlx then may.
  const char* (*refuse)(const Node& node) = nullptr;
};

using HandlerTable = std::array<Handler, kNodeKinds>;

// Adds a handler: `on<&runRope>(table)` for `void runRope(Frame&, const RopeNode&)`.
template <class N> struct NodeOf;
template <class N> struct NodeOf<void (*)(Frame&, const N&)> {
  using type = N;
};

template <auto Run> Handler& on(HandlerTable& table, Effect effect = Effect::Fresh) {
  using N = typename NodeOf<decltype(Run)>::type;
  Handler& handler = table[static_cast<size_t>(N::kKind)];
  handler.run = [](Frame& frame, const Node& node) { Run(frame, static_cast<const N&>(node)); };
  handler.effect = effect;
  return handler;
}

void addAttentionHandlers(HandlerTable& table);
void addElementwiseHandlers(HandlerTable& table);
void addGatheredHandlers(HandlerTable& table);
void addGatedDeltaHandlers(HandlerTable& table);
void addIndexHandlers(HandlerTable& table);
void addIntegerHandlers(HandlerTable& table);
void addMatmulHandlers(HandlerTable& table);
void addNormHandlers(HandlerTable& table);
void addOffGraphHandlers(HandlerTable& table);
void addQuantizedHandlers(HandlerTable& table);
void addReductionHandlers(HandlerTable& table);
void addSelectionHandlers(HandlerTable& table);
void addUpdateHandlers(HandlerTable& table);
void addViewHandlers(HandlerTable& table);

const HandlerTable& handlers();

} // namespace pteron::mlx
