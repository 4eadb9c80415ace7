// What a router needs: the largest of a row, values by index, and sums.
#include "../copy.h"
#include "../failure.h"
#include "../handlers.h"
#include "../node_evaluator.h"

#include <algorithm>
#include <numeric>

namespace pteron::mlx {

namespace {

// Rows of the last dimension; other axes are rare.
void runArgPartition(Frame& frame, const ArgPartitionNode& node) {
  const Tensor x = frame.at(node.x);
  const int64_t size = x.shape.last();
  if (x.shape.rank == 0 || wrapAxis(node.axis, x.shape.rank) != x.shape.rank - 1 || !isFloat(x.memory))
    return evaluateNode(frame, node);
  const int64_t kth = frame.integer(node.kth), at = kth < 0 ? kth + size : kth;
  expect(at >= 0 && at < size, "a partition's index is out of range");
  const float* values = frame.floats(x);
  auto* order = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(x.count()) * sizeof(int64_t)));
  for (int64_t row = 0; row < x.count() / size; ++row) {
    int64_t* indices = order + row * size;
    const float* of = values + row * size;
    std::iota(indices, indices + size, int64_t{0});
    // By index where values are equal or not comparable, so that the order is one whatever the values are.
    std::nth_element(indices, indices + at, indices + size, [of](int64_t a, int64_t b) {
      const bool aIs = of[a] == of[a], bIs = of[b] == of[b];
      if (aIs && bIs && of[a] != of[b]) return of[a] < of[b];
      return aIs != bIs ? aIs : a < b;
    });
  }
  copyTensor(denseTensor(order, DType::I64, DType::I64, x.shape), frame.fresh(node.out, DType::I32, x.shape));
}

void runTakeAlongAxis(Frame& frame, const TakeAlongAxisNode& node) {
  const Tensor x = frame.at(node.x), indices = frame.at(node.indices);
  bool rows = x.shape.rank > 0 && x.shape.rank == indices.shape.rank && isFloat(x.memory);
  rows = rows && wrapAxis(node.axis, x.shape.rank) == x.shape.rank - 1;
  for (int i = 0; rows && i + 1 < x.shape.rank; ++i) rows = x.shape[i] == indices.shape[i];
  if (!rows) return evaluateNode(frame, node);
  const int64_t size = x.shape.last(), count = indices.shape.last();
  const float* values = frame.floats(x);
  const int64_t* at = frame.integers(indices);
  float* out = frame.fresh(node.out, x.type, indices.shape).as<float>();
  for (int64_t i = 0; i < indices.count(); ++i) {
    const int64_t index = at[i] < 0 ? at[i] + size : at[i];
    expect(index >= 0 && index < size, "an index is out of range");
    out[i] = values[i / count * size + index];
  }
}

// Over one axis of floats or of packed words.
template <class T> void sumAxis(const T* values, const Shape& shape, int axis, int64_t inner, T* out) {
  const int64_t outer = shape.count() / std::max<int64_t>(1, shape[axis] * inner);
  std::fill(out, out + outer * inner, T{});
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < shape[axis]; ++i, values += inner)
      for (int64_t j = 0; j < inner; ++j) out[o * inner + j] += values[j];
}

void runSum(Frame& frame, const SumNode& node) {
  const Tensor x = frame.at(node.x);
  const bool isWords = x.memory == DType::U32 && x.dense();
  if (node.axes.size() != 1 || x.count() == 0 || (!isFloat(x.memory) && !isWords)) return evaluateNode(frame, node);
  const int axis = wrapAxis(node.axes[0], x.shape.rank);
  int64_t inner = 1;
  for (int i = axis + 1; i < x.shape.rank; ++i) inner *= x.shape[i];
  Shape shape = x.shape;
  shape[axis] = 1;
  if (!node.keepdims) shape.erase(axis);
  if (isWords)
    return sumAxis(x.as<const uint32_t>(), x.shape, axis, inner,
                   frame.fresh(node.out, x.type, shape).as<uint32_t>());
  const float* values = frame.floats(x);
  sumAxis(values, x.shape, axis, inner, frame.fresh(node.out, x.type, shape).as<float>());
}

} // namespace

void addSelectionHandlers(HandlerTable& table) {
  on<&runArgPartition>(table);
  on<&runTakeAlongAxis>(table);
  on<&runSum>(table);
}

} // namespace pteron::mlx
