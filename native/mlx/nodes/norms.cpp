// Normalizations of rows.
#include "../failure.h"
#include "../handlers.h"
#include "../node_evaluator.h"

namespace pteron::mlx {

namespace {

void runRmsNorm(Frame& frame, const RMSNormNode& node) {
  const Tensor x = frame.at(node.x);
  expect(x.shape.rank > 0 && isFloat(x.memory), "a norm takes rows of floats");
  const float* weight = nullptr;
  if (node.weight) {
    expect(frame.at(*node.weight).count() == x.shape.last(), "a norm's weight has another size than its rows");
    weight = frame.floats(*node.weight);
  }
  Tensor& out = frame.fresh(node.out, x.type, x.shape);
  const int64_t dim = x.shape.last();
  if (dim > 0) cpu::rmsNorm(frame.pool(), frame.floats(x), weight, out.as<float>(), x.count() / dim, dim, node.eps);
}

void runLayerNorm(Frame& frame, const LayerNormNode& node) {
  const Tensor x = frame.at(node.x);
  expect(x.shape.rank > 0 && isFloat(x.memory), "a norm takes rows of floats");
  const int64_t dim = x.shape.last();
  const auto row = [&](const std::optional<Tid>& tensor) -> const float* {
    if (!tensor) return nullptr;
    expect(frame.at(*tensor).count() == dim, "a norm's weight has another size than its rows");
    return frame.floats(*tensor);
  };
  const cpu::LayerNorm norm{row(node.weight), row(node.bias), node.eps};
  Tensor& out = frame.fresh(node.out, x.type, x.shape);
  if (dim > 0) cpu::layerNorm(frame.pool(), frame.floats(x), norm, out.as<float>(), x.count() / dim, dim);
}

// Over the last dimension there is a kernel.
void runSoftmax(Frame& frame, const SoftmaxNode& node) {
  const Tensor x = frame.at(node.x);
  const int axis = wrapAxis(node.axis, x.shape.rank);
  if (axis != x.shape.rank - 1 || x.shape.last() == 0) return evaluateNode(frame, node);
  float* out = frame.fresh(node.out, isFloat(x.type) ? x.type : DType::F32, x.shape).as<float>();
  cpu::softmax(frame.pool(), frame.floats(x), out, x.count() / x.shape.last(), x.shape.last());
}

} // namespace

void addNormHandlers(HandlerTable& table) {
  on<&runRmsNorm>(table);
  on<&runLayerNorm>(table);
  on<&runSoftmax>(table);
}

} // namespace pteron::mlx
