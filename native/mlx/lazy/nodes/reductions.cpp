// Nodes that combine elements along axes.
#include "../axes.h"
#include "../handlers.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

using Stream = mx::StreamOrDevice;
using Axes = std::vector<int>;

template <class N, mx::array (*Op)(const mx::array&, const Axes&, bool, Stream)>
void runReduction(Frame& f, const N& node) {
  f.set(node.out, Op(f(node.x), axesOf(node.axes, f(node.x)), node.keepdims, f.stream()));
}

template <class N, mx::array (*Op)(const mx::array&, const Axes&, bool, int, Stream)>
void runSpread(Frame& f, const N& node) {
  f.set(node.out, Op(f(node.x), axesOf(node.axes, f(node.x)), node.keepdims, node.ddof, f.stream()));
}

template <class N, mx::array (*Op)(const mx::array&, int, bool, Stream)> void runArg(Frame& f, const N& node) {
  f.set(node.out, Op(f(node.x), axisOf(node.axis, f(node.x)), node.keepdims, f.stream()));
}

void runSoftmax(Frame& f, const SoftmaxNode& node) {
  f.set(node.out, mx::softmax(f(node.x), Axes{axisOf(node.axis, f(node.x))}, node.precise, f.stream()));
}

void runCumsum(Frame& f, const CumsumNode& node) {
  f.set(node.out,
        mx::cumsum(f(node.x), axisOf(node.axis, f(node.x)), node.reverse, node.inclusive, std::nullopt, f.stream()));
}

} // namespace

void addReductionHandlers(HandlerTable& table) {
  on<&runReduction<SumNode, mx::sum>>(table);
  on<&runReduction<MeanNode, mx::mean>>(table);
  on<&runReduction<ProdNode, mx::prod>>(table);
  on<&runReduction<MaxNode, mx::max>>(table);
  on<&runReduction<MinNode, mx::min>>(table);
  on<&runReduction<MedianNode, mx::median>>(table);
  on<&runReduction<LogSumExpNode, mx::logsumexp>>(table);
  on<&runReduction<AnyNode, mx::any>>(table);
  on<&runReduction<AllNode, mx::all>>(table);
  on<&runSpread<VarNode, mx::var>>(table);
  on<&runSpread<StdNode, mx::std>>(table);
  on<&runArg<ArgmaxNode, mx::argmax>>(table);
  on<&runArg<ArgminNode, mx::argmin>>(table);
  on<&runSoftmax>(table);
  on<&runCumsum>(table);
}

} // namespace pteron::mlx::lazy
