// Matrix products with quantized and dense weights, and dequantization.
#include "../failure.h"
#include "../handlers.h"

namespace pteron::mlx {

namespace {

// MLX's affine matrix over three tensors; scales and biases must lie in memory in one type.
cpu::QuantizedMatrix matrixOf(const Tensor& words, const Tensor& scales, const Tensor& biases, int bits, int group) {
  expect(words.memory == DType::U32 && words.dense() && scales.dense() && biases.dense(),
         "quantized weights are not packed as MLX packs them");
  expect(isFloat(scales.memory) && scales.memory == biases.memory, "scales and biases have different types");
  cpu::QuantizedMatrix matrix;
  matrix.columns = words.shape.last() * 32 / bits;
  matrix.rows = words.shape.last() ? words.count() / words.shape.last() : 0;
  expect(matrix.columns > 0 && matrix.columns % group == 0, "quantized rows are no whole number of groups");
  const int64_t groups = matrix.rows * (matrix.columns / group);
  expect(scales.count() == groups && biases.count() == groups, "scales or biases have another size than the weights");
  matrix.words = words.as<const uint32_t>();
  matrix.scales = scales.data;
  matrix.biases = biases.data;
  matrix.scaleType = storageOf(scales.memory);
  matrix.bits = bits;
  matrix.group = group;
  return matrix;
}

template <class N> cpu::QuantizedMatrix weightsOf(Frame& frame, const N& node) {
  Tensor scales = frame.at(node.scales), biases = frame.at(*node.biases);
  if (scales.memory != biases.memory) {
    scales = denseTensor(const_cast<float*>(frame.floats(node.scales)), DType::F32, DType::F32, scales.shape);
    biases = denseTensor(const_cast<float*>(frame.floats(*node.biases)), DType::F32, DType::F32, biases.shape);
  }
  return matrixOf(frame.at(node.w), scales, biases, node.bits, node.groupSize);
}

template <class N> const char* refuseFormat(const Node& node) {
  const N& quantized = static_cast<const N&>(node);
  const int bits = quantized.bits, group = quantized.groupSize;
  if (quantized.mode != "affine") return "other than affine quantization";
  if (!quantized.biases) return "affine quantization without biases";
  if (bits != 2 && bits != 3 && bits != 4 && bits != 5 && bits != 6 && bits != 8)
    return "of other than 2, 3, 4, 5, 6 or 8 bits";
  if (group != 32 && group != 64 && group != 128) return "of groups other than 32, 64 or 128";
  if constexpr (std::is_same_v<N, QuantizedMatmulNode>) {
    if (!quantized.transpose) return "with weights that are not transposed";
  } else {
    if (quantized.globalScale) return "with a global scale";
  }
  return nullptr;
}

void runQuantizedMatmul(Frame& frame, const QuantizedMatmulNode& node) {
  const Tensor x = frame.at(node.x);
  expect(frame.at(node.w).shape.rank == 2, "quantized weights are not a matrix");
  const cpu::QuantizedMatrix weights = weightsOf(frame, node);
  expect(x.shape.rank > 0 && x.shape.last() == weights.columns, "activations and weights have different lengths");
  Shape shape = x.shape;
  shape[shape.rank - 1] = weights.rows;
  const float* activations = frame.floats(x);
  Tensor& out = frame.fresh(node.out, promote(x.type, frame.at(node.scales).type), shape);
  const cpu::Precision precision =
      frame.roundActivations || isHalf(x.type) ? cpu::Precision::Int8 : cpu::Precision::Exact;
  cpu::quantizedMatmul(frame.pool(), weights, activations, out.as<float>(), x.count() / x.shape.last(), precision);
}

void runDequantize(Frame& frame, const DequantizeNode& node) {
  const cpu::QuantizedMatrix weights = weightsOf(frame, node);
  const Tensor words = frame.at(node.w);
  Shape shape = words.shape;
  shape[shape.rank - 1] = weights.columns;
  auto* rows = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(weights.rows) * sizeof(int64_t)));
  for (int64_t i = 0; i < weights.rows; ++i) rows[i] = i;
  const DType type = node.dtype ? static_cast<DType>(*node.dtype) : frame.at(node.scales).type;
  cpu::dequantizeRows(weights, rows, weights.rows,
                      frame.fresh(node.out, isFloat(type) ? type : DType::F32, shape).as<float>());
}

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

void addMatmulHandlers(HandlerTable& table) {
  on<&runQuantizedMatmul>(table).refuse = refuseFormat<QuantizedMatmulNode>;
  on<&runDequantize>(table).refuse = refuseFormat<DequantizeNode>;
  on<&runAddmm>(table);
}

} // namespace pteron::mlx
