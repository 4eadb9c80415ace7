// The largest and smallest along the last axis, and clipping: what KV caches are quantized with. libmlx computes the others.
#include "../copy.h"
#include "../failure.h"
#include "../handlers.h"
#include "../node_evaluator.h"

#include <algorithm>
#include <limits>

namespace pteron::mlx {

namespace {

template <class N> bool alongLastAxis(const N& node, const Tensor& x) {
  return x.shape.rank > 0 && x.shape.last() > 0 && node.axes.size() == 1 &&
         wrapAxis(node.axes[0], x.shape.rank) == x.shape.rank - 1;
}

Shape reduced(Shape shape, bool keepdims) {
  shape[shape.rank - 1] = 1;
  if (!keepdims) shape.erase(shape.rank - 1);
  return shape;
}

// As MLX: a row with a NaN gives NaN.
template <class N, bool Largest> void runExtreme(Frame& frame, const N& node) {
  const Tensor x = frame.at(node.x);
  if (!isFloat(x.memory) || !alongLastAxis(node, x)) return evaluateNode(frame, node);
  const int64_t columns = x.shape.last(), rows = x.count() / columns;
  const float* row = frame.floats(x);
  float* out = frame.fresh(node.out, x.type, reduced(x.shape, node.keepdims)).template as<float>();
  for (int64_t i = 0; i < rows; ++i, row += columns) {
    float extreme = row[0];
    bool isNan = false;
    for (int64_t j = 0; j < columns; ++j) {
      extreme = Largest ? std::max(extreme, row[j]) : std::min(extreme, row[j]);
      isNan |= row[j] != row[j];
    }
    out[i] = isNan ? std::numeric_limits<float>::quiet_NaN() : extreme;
  }
}

bool isScalar(Frame& frame, const std::optional<Tid>& bound) {
  return !bound || (frame.at(*bound).count() == 1 && isFloat(frame.at(*bound).memory));
}

void runClip(Frame& frame, const ClipNode& node) {
  const Tensor x = frame.at(node.x);
  if (!isFloat(x.memory) || !isScalar(frame, node.aMin) || !isScalar(frame, node.aMax)) return evaluateNode(frame, node);
  const float least = node.aMin ? *frame.floats(*node.aMin) : -std::numeric_limits<float>::infinity();
  const float most = node.aMax ? *frame.floats(*node.aMax) : std::numeric_limits<float>::infinity();
  const float* from = frame.floats(x);
  float* out = frame.fresh(node.out, x.type, x.shape).as<float>();
  for (int64_t i = 0; i < x.count(); ++i) { // a NaN stays
    const float raised = from[i] < least ? least : from[i];
    out[i] = raised > most ? most : raised;
  }
}

} // namespace

void addReductionHandlers(HandlerTable& table) {
  on<&runExtreme<MaxNode, true>>(table);
  on<&runExtreme<MinNode, false>>(table);
  on<&runClip>(table);
}

} // namespace pteron::mlx
