// Kinds that libmlx executes: reductions, trigonometry and what else a language model's program has once, if at all.
#include "../failure.h"
#include "../handlers.h"
#include "../mlx_fallback.h"

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
  expect(tiled.count() * x.count() < int64_t{1} << 40, "a tensor is too large");
  evaluate(frame, node.out, x.type, [&](Stream s) { return mx::tile(operand(frame, x), repeats, s); });
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
  on<&runTile>(table);
  on<&runLayerNorm>(table);
}

} // namespace pteron::mlx
