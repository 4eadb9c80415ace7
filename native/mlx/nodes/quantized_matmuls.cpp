// Products with quantized weights, and dequantization.
#include "../failure.h"
#include "../handlers.h"
#include "../node_evaluator.h"
#include "quantized_weights.h"

namespace pteron::mlx {

namespace {

template <class N> const char* refuseFormat(const Node& node) {
  const N& quantized = static_cast<const N&>(node);
  if constexpr (std::is_same_v<N, QuantizedMatmulNode>) {
    if (!quantized.transpose) return "with weights that are not transposed";
  } else {
    if (quantized.globalScale) return "with a global scale";
  }
  return refuseWeights(operandsOf(quantized));
}

void runQuantizedMatmul(Frame& frame, const QuantizedMatmulNode& node) {
  const Tensor x = frame.at(node.x);
  const std::optional<QuantizedWeights> weights = weightsOf(frame, operandsOf(node));
  if (!weights || weights->count != 1) return evaluateNode(frame, node);
  const cpu::QuantizedMatrix& matrix = weights->first;
  expect(x.shape.rank > 0 && x.shape.last() == matrix.columns, "activations and weights have different lengths");
  Shape shape = x.shape;
  shape[shape.rank - 1] = matrix.rows;
  const float* activations = frame.floats(x);
  const DType type = matrix.format == cpu::WeightFormat::Nvfp4 ? x.type : promote(x.type, weights->type);
  Tensor& out = frame.fresh(node.out, type, shape);
  cpu::quantizedMatmul(frame.pool(), matrix, activations, out.as<float>(), x.count() / x.shape.last(),
                       precisionFor(frame, x.type));
}

void runDequantize(Frame& frame, const DequantizeNode& node) {
  const std::optional<QuantizedWeights> weights = weightsOf(frame, operandsOf(node));
  if (!weights) return evaluateNode(frame, node);
  cpu::QuantizedMatrix matrix = weights->first;
  matrix.rows *= weights->count;
  Shape shape = frame.at(node.w).shape;
  shape[shape.rank - 1] = matrix.columns;
  auto* rows = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(matrix.rows) * sizeof(int64_t)));
  for (int64_t i = 0; i < matrix.rows; ++i) rows[i] = i;
  const DType type = node.dtype                                  ? static_cast<DType>(*node.dtype)
                     : matrix.format == cpu::WeightFormat::Nvfp4 ? DType::BF16
                                                                 : weights->type;
  cpu::dequantizeRows(matrix, rows, matrix.rows,
                      frame.fresh(node.out, isFloat(type) ? type : DType::F32, shape).as<float>());
}

} // namespace

void addQuantizedHandlers(HandlerTable& table) {
  on<&runQuantizedMatmul>(table).refuse = refuseFormat<QuantizedMatmulNode>;
  on<&runDequantize>(table).refuse = refuseFormat<DequantizeNode>;
}

} // namespace pteron::mlx
