// Matrix products with dense weights.
#include "../failure.h"
#include "../handlers.h"

namespace pteron::mlx {

namespace {

// The right-hand matrix, read in its own type and without a copy where it is stored by rows or by columns.
struct RightMatrix {
  const void* data;
  cpu::Storage type;
  bool transposed;
};

RightMatrix rightMatrix(Frame& frame, const Tensor& w) {
  const auto rowStride = w.strides[static_cast<size_t>(w.shape.rank) - 2],
             columnStride = w.strides[static_cast<size_t>(w.shape.rank) - 1];
  const int64_t rows = w.shape[w.shape.rank - 2], columns = w.shape.last();
  const bool isFloatMemory = isFloat(w.memory);
  if (isFloatMemory && columnStride == 1 && rowStride == columns) return {w.data, storageOf(w.memory), false};
  if (isFloatMemory && rowStride == 1 && columnStride == rows) return {w.data, storageOf(w.memory), true};
  return {frame.floats(w), cpu::Storage::F32, false};
}

void scale(float* values, int64_t count, float by) {
  for (int64_t i = 0; i < count && by != 1; ++i) values[i] *= by;
}

// mat1 [.., m, k] · mat2 [k, n] (+ bias), or with one mat2 a batch.
void runAddmm(Frame& frame, const AddmmNode& node) {
  const Tensor a = frame.at(node.mat1), b = frame.at(node.mat2);
  expect(a.shape.rank >= 1 && b.shape.rank >= 2, "a matrix product of vectors");
  const int64_t k = a.shape.last(), n = b.shape.last();
  expect(k > 0, "a matrix product of nothing");
  if (b.shape[b.shape.rank - 2] != k)
    throw Failure(Error::InvalidArgument, "cannot multiply " + a.shape.text() + " by " + b.shape.text());
  Shape shape = a.shape;
  shape[shape.rank - 1] = n;
  int64_t batches = 1;
  for (int i = 0; i + 2 < b.shape.rank; ++i) batches *= b.shape[i];
  for (int i = 0; i + 2 < b.shape.rank; ++i)
    expect(batches == 1 || (a.shape.rank == b.shape.rank && a.shape[i] == b.shape[i]),
           "the batches of a matrix product differ");
  const float* left = frame.floats(a);
  const float* bias = nullptr;
  Tensor biasTensor;
  if (node.bias) {
    biasTensor = frame.at(*node.bias);
    bias = frame.floats(*node.bias);
  }
  const bool rowBias = bias && biasTensor.count() == n && node.alpha == 1 && node.beta == 1;
  DType type = promote(a.type, b.type);
  float* out = frame.fresh(node.out, isFloat(type) ? type : DType::F32, shape).as<float>();
  const int64_t m = batches ? a.count() / k / batches : 0;
  for (int64_t batch = 0; batch < batches; ++batch) {
    Tensor matrix = b;
    if (batches > 1) { // dense batches of strided matrices
      if (!b.dense()) matrix = frame.denseCopy(b);
      matrix.advance(batch * k * n);
      matrix.shape.rank = 2;
      matrix.shape = Shape{k, n};
      matrix.strides = denseStrides(matrix.shape);
    }
    const RightMatrix right = rightMatrix(frame, matrix);
    cpu::denseMatmul(frame.pool(), left + batch * m * k, right.data, right.type, right.transposed,
                     rowBias ? bias : nullptr, out + batch * m * n, m, n, k);
  }
  if (!bias || rowBias) return;
  const int64_t count = shape.count(), biasCount = biasTensor.count();
  expect(biasCount > 0 && count % biasCount == 0, "a matrix product's bias has another size");
  scale(out, count, node.alpha);
  for (int64_t i = 0; i < count; ++i) out[i] += node.beta * bias[i % biasCount];
}

} // namespace

void addMatmulHandlers(HandlerTable& table) { on<&runAddmm>(table); }

} // namespace pteron::mlx
