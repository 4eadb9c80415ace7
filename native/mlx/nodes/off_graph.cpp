// Attention over a KV cache that the graph does not hold: append this call's keys and values, attend to all so far.
#include "../failure.h"
#include "../handlers.h"
#include "attend.h"

namespace pteron::mlx {

namespace {

// The first of consecutive positions [T, 1].
int64_t firstPosition(Frame& frame, const Tensor& position, int64_t rows) {
  expect(position.count() == rows && rows > 0, "attention takes one position for each token");
  const int64_t* positions = frame.integers(position);
  for (int64_t i = 1; i < rows; ++i) expect(positions[i] == positions[0] + i, "positions do not follow each other");
  return positions[0];
}

// True where query i (at position first + i) sees the key at position `from` + j: the last `window` positions.
Tensor windowMask(Frame& frame, int64_t queries, int64_t keys, int64_t first, int64_t from, int64_t window) {
  auto* mask = static_cast<bool*>(frame.scratch(static_cast<size_t>(queries * keys)));
  for (int64_t i = 0; i < queries; ++i)
    for (int64_t j = 0; j < keys; ++j) {
      const int64_t back = first + i - (from + j);
      mask[i * keys + j] = back >= 0 && back < window;
    }
  return denseTensor(mask, DType::Bool, DType::Bool, Shape{1, 1, queries, keys});
}

void skipKeys(Tensor& rows, int64_t count) {
  rows.advance(count * rows.strides[2]);
  rows.shape[2] -= count;
}

void runUpdateAndAttend(Frame& frame, const UpdateAndAttendNode& node) {
  expect(frame.caches && frame.cacheLayout, "there is no cache to attend to");
  const Tensor q = frame.at(node.q), k = frame.at(node.k), v = frame.at(node.v);
  expect(q.shape.rank == 4 && k.shape.rank == 4 && q.shape[2] == k.shape[2], "attention's queries and keys do not fit");
  const int64_t rows = q.shape[2], first = firstPosition(frame, frame.at(node.position), rows);
  auto [keys, values] = frame.caches->update(*node.layerId, k, v, first, *frame.cacheLayout);
  AttentionOperands operands{q, keys, values, std::nullopt, *node.scale, true};
  const int64_t window = frame.cacheLayout->window(*node.layerId);
  if (window > 0 && first + rows > window) {
    const int64_t from = std::max<int64_t>(0, first - window + 1);
    skipKeys(operands.k, from);
    skipKeys(operands.v, from);
    operands.mask = windowMask(frame, rows, operands.k.shape[2], first, from, window);
    operands.causal = false;
  }
  attend(frame, operands, node.out, node.outDtype ? static_cast<DType>(*node.outDtype) : q.type);
}

const char* refuse(const Node& node) {
  const auto& attention = static_cast<const UpdateAndAttendNode&>(node);
  if (!attention.layerId || !attention.scale) return "without a layer or a scale";
  return !attention.outDtype || isFloat(static_cast<DType>(*attention.outDtype)) ? nullptr
                                                                                 : "to an unsupported element type";
}

} // namespace

void addOffGraphHandlers(HandlerTable& table) { on<&runUpdateAndAttend>(table).refuse = refuse; }

} // namespace pteron::mlx
