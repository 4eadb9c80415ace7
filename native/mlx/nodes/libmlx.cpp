// Kinds that libmlx executes: reductions, trigonometry and what else a language model's program has once, if at all.
#include "../failure.h"
#include "../handlers.h"
#include "../mlx_fallback.h"

#include <algorithm>

#include <mlx/fast.h>
#include <mlx/ops.h>

namespace pteron::mlx {

namespace {

using Stream = mx::StreamOrDevice;

std::vector<int> axesOf(const std::vector<int32_t>& axes, int rank) {
  std::vector<int> all;
  for (int32_t axis : axes) all.push_back(wrapAxis(axis, rank));
  for (int i = 0; i < rank && axes.empty(); ++i) all.push_back(i);
  return all;
}

// Activations are fp32 in memory: half-typed constants and inputs become that first.
mx::array operand(Frame& frame, const Tensor& tensor) {
  if (!isHalf(tensor.memory)) return toArray(frame, tensor);
  return toArray(frame, denseTensor(const_cast<float*>(frame.floats(tensor)), tensor.type, DType::F32, tensor.shape));
}

template <class N, mx::array (*Op)(const mx::array&, const std::vector<int>&, bool, Stream)>
void runReduction(Frame& frame, const N& node) {
  const Tensor x = frame.at(node.x);
  evaluate(frame, node.out, x.type,
           [&](Stream s) { return Op(operand(frame, x), axesOf(node.axes, x.shape.rank), node.keepdims, s); });
}

template <class N, mx::array (*Op)(const mx::array&, Stream)> void runFunction(Frame& frame, const N& node) {
  const Tensor x = frame.at(node.x);
  evaluate(frame, node.out, x.type, [&](Stream s) { return Op(operand(frame, x), s); });
}

void runTile(Frame& frame, const TileNode& node) {
  const Tensor x = frame.at(node.x);
  std::vector<int> repeats;
  Shape tiled;
  for (const IntOrVid& each : node.reps) {
    tiled.push(frame.integer(each));
    repeats.push_back(static_cast<int>(tiled.last()));
  }
  expect(tiled.count() * std::max<int64_t>(x.count(), 1) < int64_t{1} << 32, "a tensor is too large");
  evaluate(frame, node.out, x.type, [&](Stream s) { return mx::tile(operand(frame, x), repeats, s); });
}

void runPower(Frame& frame, const PowerNode& node) {
  const Tensor a = frame.at(node.a), b = frame.at(node.b);
  evaluate(frame, node.out, promote(a.type, b.type),
           [&](Stream s) { return mx::power(operand(frame, a), operand(frame, b), s); });
}

void runArgmax(Frame& frame, const ArgmaxNode& node) {
  const Tensor x = frame.at(node.x);
  const int axis = wrapAxis(node.axis, x.shape.rank);
  evaluate(frame, node.out, x.type, [&](Stream s) { return mx::argmax(operand(frame, x), axis, node.keepdims, s); });
}

void runStack(Frame& frame, const StackNode& node) {
  expect(!node.tensors.empty(), "nothing to stack");
  std::vector<mx::array> parts;
  DType type = frame.at(node.tensors[0]).type;
  for (Tid tid : node.tensors) {
    parts.push_back(operand(frame, frame.at(tid)));
    type = promote(type, frame.at(tid).type);
  }
  evaluate(frame, node.out, type, [&](Stream s) { return mx::stack(parts, node.axis, s); });
}

void runRepeat(Frame& frame, const RepeatNode& node) {
  const Tensor x = frame.at(node.x);
  const int64_t repeats = frame.integer(node.repeats);
  expect(repeats >= 0 && x.count() * std::max<int64_t>(repeats, 1) < int64_t{1} << 32, "a tensor is too large");
  const int axis = wrapAxis(node.axis, x.shape.rank);
  evaluate(frame, node.out, x.type,
           [&](Stream s) { return mx::repeat(operand(frame, x), static_cast<int>(repeats), axis, s); });
}

// Over the last dimension there is a kernel.
void runSoftmax(Frame& frame, const SoftmaxNode& node) {
  const Tensor x = frame.at(node.x);
  const int axis = wrapAxis(node.axis, x.shape.rank);
  const DType type = isFloat(x.type) ? x.type : DType::F32;
  if (axis != x.shape.rank - 1 || x.shape.last() == 0)
    return evaluate(frame, node.out, type, [&](Stream s) { return mx::softmax(operand(frame, x), axis, true, s); });
  float* out = frame.fresh(node.out, type, x.shape).as<float>();
  cpu::softmax(frame.pool(), frame.floats(x), out, x.count() / x.shape.last(), x.shape.last());
}

void runLayerNorm(Frame& frame, const LayerNormNode& node) {
  const Tensor x = frame.at(node.x);
  const auto optional = [&](const std::optional<Tid>& tid) {
    return tid ? std::optional(operand(frame, frame.at(*tid))) : std::nullopt;
  };
  evaluate(frame, node.out, x.type, [&](Stream s) {
    return mx::fast::layer_norm(operand(frame, x), optional(node.weight), optional(node.bias), node.eps, s);
  });
}

} // namespace

void addLibmlxHandlers(HandlerTable& table) {
  on<&runReduction<SumNode, mx::sum>>(table);
  on<&runReduction<MeanNode, mx::mean>>(table);
  on<&runReduction<MaxNode, mx::max>>(table);
  on<&runReduction<MinNode, mx::min>>(table);
  on<&runFunction<CosNode, mx::cos>>(table);
  on<&runFunction<SinNode, mx::sin>>(table);
  on<&runFunction<LogNode, mx::log>>(table);
  on<&runFunction<AbsNode, mx::abs>>(table);
  on<&runFunction<ErfNode, mx::erf>>(table);
  on<&runPower>(table);
  on<&runArgmax>(table);
  on<&runStack>(table);
  on<&runRepeat>(table);
  on<&runSoftmax>(table);
  on<&runTile>(table);
  on<&runLayerNorm>(table);
}

} // namespace pteron::mlx
