// Products in which each block of rows picks its own quantized matrix: the experts of a mixture.
#include "../failure.h"
#include "../handlers.h"
#include "../node_evaluator.h"
#include "quantized_weights.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace pteron::mlx {

namespace {

const char* refuseGatherQmm(const Node& node) {
  const auto& gather = static_cast<const GatherQmmNode&>(node);
  if (!gather.transpose) return "with weights that are not transposed";
  return refuseWeights(operandsOf(gather));
}

// The leading dimensions of a tensor of matrices.
Shape batchOf(const Tensor& tensor) {
  Shape shape;
  for (int i = 0; i + 2 < tensor.shape.rank; ++i) shape.push(tensor.shape[i]);
  return shape;
}

// Which of `count` matrices each product takes, over the shape that both sides' indices broadcast to.
const int64_t* choicesOf(Frame& frame, const std::optional<Tid>& indices, const Shape& batch, const Shape& products,
                         int64_t count) {
  Tensor choices;
  if (indices) {
    choices = frame.at(*indices);
    expect(!isFloat(choices.memory), "a gathered product's indices are no integers");
  } else { // all in turn
    auto* all = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(count) * sizeof(int64_t)));
    std::iota(all, all + count, int64_t{0});
    choices = denseTensor(all, DType::I64, DType::I64, batch);
  }
  choices.strides = broadcastStrides(choices, products);
  choices.shape = products;
  const int64_t* values = frame.integers(choices);
  for (int64_t i = 0; i < products.count(); ++i)
    expect(values[i] >= 0 && values[i] < count, "a gathered product's index is out of range");
  return values;
}

// Products of one matrix together: a weight is then read once however many rows of activations want it.
struct Gathered {
  const float* x;
  float* out;
  const int64_t *left, *right; // by product
  int64_t products, rows;      // rows of x a product
  QuantizedWeights weights;
  cpu::Precision precision;

  int64_t inputs() const { return rows * weights.first.columns; }
  int64_t outputs() const { return rows * weights.first.rows; }
};

// Decode: all products take the same rows of x, so these are rounded once for all matrices.
void multiplyShared(Frame& frame, const Gathered& call) {
  const auto count = static_cast<size_t>(call.products);
  auto* matrices = static_cast<cpu::QuantizedMatrix*>(frame.scratch(count * sizeof(cpu::QuantizedMatrix)));
  auto* outputs = static_cast<float**>(frame.scratch(count * sizeof(float*)));
  for (int64_t i = 0; i < call.products; ++i) {
    matrices[i] = call.weights.at(call.right[i]);
    outputs[i] = call.out + i * call.outputs();
  }
  cpu::quantizedMatmulMany(frame.pool(), matrices, outputs, static_cast<int>(call.products),
                           call.x + call.left[0] * call.inputs(), call.rows, call.precision);
}

void multiplyByMatrix(Frame& frame, const Gathered& call) {
  const int64_t inputs = call.inputs(), outputs = call.outputs();
  auto* order = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(call.products) * sizeof(int64_t)));
  auto* starts = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(call.weights.count + 1) * sizeof(int64_t)));
  std::memset(starts, 0, static_cast<size_t>(call.weights.count + 1) * sizeof(int64_t));
  for (int64_t i = 0; i < call.products; ++i) ++starts[call.right[i] + 1];
  int64_t most = 0;
  for (int64_t e = 0; e < call.weights.count; ++e) {
    most = std::max(most, starts[e + 1]);
    starts[e + 1] += starts[e];
  }
  for (int64_t i = 0; i < call.products; ++i) order[starts[call.right[i]]++] = i; // starts[e] is then e's end
  auto* x = static_cast<float*>(frame.scratch(static_cast<size_t>(most * inputs) * sizeof(float)));
  auto* y = static_cast<float*>(frame.scratch(static_cast<size_t>(most * outputs) * sizeof(float)));
  for (int64_t e = 0, begin = 0; e < call.weights.count; begin = starts[e++]) {
    const int64_t count = starts[e] - begin;
    if (count == 0) continue;
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(x + i * inputs, call.x + call.left[order[begin + i]] * inputs,
                  static_cast<size_t>(inputs) * sizeof(float));
    cpu::quantizedMatmul(frame.pool(), call.weights.at(e), x, y, count * call.rows, call.precision);
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(call.out + order[begin + i] * outputs, y + i * outputs, static_cast<size_t>(outputs) * sizeof(float));
  }
}

// x [.., M, K], w [.., N, K]: out [products, M, N].
void runGatherQmm(Frame& frame, const GatherQmmNode& node) {
  const Tensor x = frame.at(node.x);
  const std::optional<QuantizedWeights> weights = weightsOf(frame, operandsOf(node));
  if (!weights || x.shape.rank < 2) return evaluateNode(frame, node);
  const cpu::QuantizedMatrix& matrix = weights->first;
  expect(x.shape.last() == matrix.columns && x.count() > 0, "activations and weights have different lengths");
  const Shape lefts = batchOf(x), rights = batchOf(frame.at(node.w));
  Shape shape = broadcast(node.lhsIndices ? frame.at(*node.lhsIndices).shape : lefts,
                          node.rhsIndices ? frame.at(*node.rhsIndices).shape : rights);
  Gathered call{frame.floats(x), nullptr,
                nullptr,         nullptr,
                shape.count(),   x.shape[x.shape.rank - 2],
                *weights,        precisionFor(frame, x.type)};
  call.left = choicesOf(frame, node.lhsIndices, lefts, shape, lefts.count());
  call.right = choicesOf(frame, node.rhsIndices, rights, shape, weights->count);
  shape.push(call.rows);
  shape.push(matrix.rows);
  const DType type = matrix.format == cpu::WeightFormat::Nvfp4 ? x.type : promote(x.type, weights->type);
  call.out = frame.fresh(node.out, type, shape).as<float>();
  const bool shared = std::all_of(call.left, call.left + call.products, [&](int64_t i) { return i == call.left[0]; });
  if (call.products == 0) return;
  if (shared && call.rows == 1)
    multiplyShared(frame, call);
  else
    multiplyByMatrix(frame, call);
}

// a [.., M, K], b [.., K, N], stored by rows or by columns: out [products, M, N].
void runGatherMm(Frame& frame, const GatherMmNode& node) {
  const Tensor a = frame.at(node.a), b = frame.at(node.b);
  if (a.shape.rank < 2 || b.shape.rank != 3 || !isFloat(b.memory) || a.count() == 0) return evaluateNode(frame, node);
  const int64_t m = a.shape[a.shape.rank - 2], k = b.shape[1], n = b.shape[2];
  const bool byRows = b.strides[2] == 1 && b.strides[1] == n, byColumns = b.strides[1] == 1 && b.strides[2] == k;
  if ((!byRows && !byColumns) || b.strides[0] != k * n) return evaluateNode(frame, node);
  expect(a.shape.last() == k, "activations and weights have different lengths");
  const Shape lefts = batchOf(a), rights = batchOf(b);
  Shape shape = broadcast(node.lhsIndices ? frame.at(*node.lhsIndices).shape : lefts,
                          node.rhsIndices ? frame.at(*node.rhsIndices).shape : rights);
  const int64_t products = shape.count();
  const int64_t* left = choicesOf(frame, node.lhsIndices, lefts, shape, lefts.count());
  const int64_t* right = choicesOf(frame, node.rhsIndices, rights, shape, rights.count());
  shape.push(m);
  shape.push(n);
  const float* x = frame.floats(a);
  float* out = frame.fresh(node.out, promote(a.type, b.type), shape).as<float>();
  for (int64_t i = 0; i < products; ++i) {
    Tensor matrix = b;
    matrix.advance(right[i] * k * n);
    cpu::denseMatmul(frame.pool(), x + left[i] * m * k, matrix.data, storageOf(b.memory), !byRows, nullptr,
                     out + i * m * n, m, n, k);
  }
}

} // namespace

void addGatheredHandlers(HandlerTable& table) {
  on<&runGatherQmm>(table).refuse = refuseGatherQmm;
  on<&runGatherMm>(table);
}

} // namespace pteron::mlx
