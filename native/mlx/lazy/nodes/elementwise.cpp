// Elementwise nodes: one function of libmlx each.
#include "../../dtype.h"
#include "../../failure.h"
#include "../dtypes.h"
#include "../fused_activation.h"
#include "../handlers.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

using Stream = mx::StreamOrDevice;

template <class N, mx::array (*Op)(const mx::array&, Stream)> void runUnary(Frame& f, const N& node) {
  f.set(node.out, Op(f(node.x), f.stream()));
}

template <class N, mx::array (*Op)(const mx::array&, const mx::array&, Stream)>
void runBinary(Frame& f, const N& node) {
  f.set(node.out, Op(f(node.a), f(node.b), f.stream()));
}

void runGelu(Frame& f, const GeluNode& node) {
  const Activation kind = node.approximate == "tanh" ? Activation::GeluTanh : Activation::Gelu;
  f.set(node.out, activated(kind, f(node.x), f.stream()));
}

void runSilu(Frame& f, const SiluNode& node) { f.set(node.out, activated(Activation::Silu, f(node.x), f.stream())); }

void runRound(Frame& f, const RoundNode& node) { f.set(node.out, mx::round(f(node.x), node.decimals, f.stream())); }

void runClip(Frame& f, const ClipNode& node) {
  f.set(node.out, mx::clip(f(node.x), f.maybe(node.aMin), f.maybe(node.aMax), f.stream()));
}

void runWhere(Frame& f, const WhereNode& node) {
  f.set(node.out, mx::where(f(node.condition), f(node.x), f(node.y), f.stream()));
}

void runAsType(Frame& f, const AsTypeNode& node) {
  f.set(node.out, mx::astype(f(node.x), toMlx(node.scalarType), f.stream()));
}

const char* refuseAsType(const Node& node) { return refuseType(static_cast<const AsTypeNode&>(node).scalarType); }

void addUnary(HandlerTable& table) {
  on<&runUnary<SigmoidNode, mx::sigmoid>>(table);
  on<&runUnary<TanhNode, mx::tanh>>(table);
  on<&runUnary<RsqrtNode, mx::rsqrt>>(table);
  on<&runUnary<LogNode, mx::log>>(table);
  on<&runUnary<LogicalNotNode, mx::logical_not>>(table);
  on<&runUnary<BitwiseInvertNode, mx::bitwise_invert>>(table);
  on<&runUnary<FloorNode, mx::floor>>(table);
  on<&runUnary<CeilNode, mx::ceil>>(table);
  on<&runUnary<TruncNode, mx::trunc>>(table);
  on<&runUnary<SquareNode, mx::square>>(table);
  on<&runUnary<ExpNode, mx::exp>>(table);
  on<&runUnary<SinNode, mx::sin>>(table);
  on<&runUnary<CosNode, mx::cos>>(table);
  on<&runUnary<TanNode, mx::tan>>(table);
  on<&runUnary<ArcsinNode, mx::arcsin>>(table);
  on<&runUnary<ArccosNode, mx::arccos>>(table);
  on<&runUnary<ArctanNode, mx::arctan>>(table);
  on<&runUnary<SinhNode, mx::sinh>>(table);
  on<&runUnary<CoshNode, mx::cosh>>(table);
  on<&runUnary<ArcsinhNode, mx::arcsinh>>(table);
  on<&runUnary<ArccoshNode, mx::arccosh>>(table);
  on<&runUnary<ArctanhNode, mx::arctanh>>(table);
  on<&runUnary<Log2Node, mx::log2>>(table);
  on<&runUnary<Log10Node, mx::log10>>(table);
  on<&runUnary<Log1pNode, mx::log1p>>(table);
  on<&runUnary<ErfNode, mx::erf>>(table);
  on<&runUnary<Expm1Node, mx::expm1>>(table);
  on<&runUnary<ReciprocalNode, mx::reciprocal>>(table);
  on<&runUnary<SqrtNode, mx::sqrt>>(table);
  on<&runUnary<AbsNode, mx::abs>>(table);
  on<&runUnary<NegNode, mx::negative>>(table);
  on<&runUnary<SignNode, mx::sign>>(table);
}

void addBinary(HandlerTable& table) {
  on<&runBinary<AddNode, mx::add>>(table);
  on<&runBinary<SubtractNode, mx::subtract>>(table);
  on<&runBinary<MultiplyNode, mx::multiply>>(table);
  on<&runBinary<DivideNode, mx::divide>>(table);
  on<&runBinary<MaximumNode, mx::maximum>>(table);
  on<&runBinary<MinimumNode, mx::minimum>>(table);
  on<&runBinary<LessNode, mx::less>>(table);
  on<&runBinary<LessEqualNode, mx::less_equal>>(table);
  on<&runBinary<GreaterNode, mx::greater>>(table);
  on<&runBinary<GreaterEqualNode, mx::greater_equal>>(table);
  on<&runBinary<EqualNode, mx::equal>>(table);
  on<&runBinary<NotEqualNode, mx::not_equal>>(table);
  on<&runBinary<LogicalAndNode, mx::logical_and>>(table);
  on<&runBinary<LogicalOrNode, mx::logical_or>>(table);
  on<&runBinary<BitwiseAndNode, mx::bitwise_and>>(table);
  on<&runBinary<BitwiseOrNode, mx::bitwise_or>>(table);
  on<&runBinary<BitwiseXorNode, mx::bitwise_xor>>(table);
  on<&runBinary<Atan2Node, mx::arctan2>>(table);
  on<&runBinary<LogAddExpNode, mx::logaddexp>>(table);
  on<&runBinary<FloorDivideNode, mx::floor_divide>>(table);
  on<&runBinary<RemainderNode, mx::remainder>>(table);
  on<&runBinary<PowerNode, mx::power>>(table);
}

} // namespace

void addElementwiseHandlers(HandlerTable& table) {
  addUnary(table);
  addBinary(table);
  on<&runGelu>(table);
  on<&runSilu>(table);
  on<&runRound>(table);
  on<&runClip>(table);
  on<&runWhere>(table);
  on<&runAsType>(table).refuse = refuseAsType;
}

} // namespace pteron::mlx::lazy
