// Elementwise nodes on floats and integers. Floats of plain layouts go to the kernels, the rest through broadcast_loop.h.
#include "../broadcast_loop.h"
#include "../copy.h"
#include "../failure.h"
#include "../handlers.h"

#include <cmath>
#include <functional>

namespace pteron::mlx {

namespace {

DType floatType(DType type) { return isFloat(type) ? type : DType::F32; }

template <class N, cpu::Unary Op> void runUnary(Frame& frame, const N& node) {
  const Tensor x = frame.at(node.x);
  Tensor& out = frame.fresh(node.out, floatType(x.type), x.shape);
  cpu::unary(frame.pool(), Op, frame.floats(x), out.as<float>(), x.count());
}

void runGelu(Frame& frame, const GeluNode& node) {
  const Tensor x = frame.at(node.x);
  Tensor& out = frame.fresh(node.out, floatType(x.type), x.shape);
  const cpu::Unary op = node.approximate == "tanh" ? cpu::Unary::GeluTanh : cpu::Unary::GeluErf;
  cpu::unary(frame.pool(), op, frame.floats(x), out.as<float>(), x.count());
}

// Integers are negated as integers.
void runNeg(Frame& frame, const NegNode& node) {
  const Tensor x = frame.at(node.x);
  if (isFloat(x.memory)) return runUnary<NegNode, cpu::Unary::Neg>(frame, node);
  const int64_t* from = frame.integers(x);
  auto* to = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(x.count()) * sizeof(int64_t)));
  for (int64_t i = 0; i < x.count(); ++i) to[i] = static_cast<int64_t>(-static_cast<uint64_t>(from[i]));
  copyTensor(denseTensor(to, DType::I64, DType::I64, x.shape), frame.fresh(node.out, x.type, x.shape));
}

// True where b's elements repeat over out's trailing dimensions: the kernels' row, value or whole.
bool repeatsInRows(const Tensor& b, const Shape& out) {
  int lead = 0;
  while (lead < b.shape.rank && b.shape[lead] == 1) ++lead;
  for (int i = lead; i < b.shape.rank; ++i)
    if (b.shape[i] != out[out.rank - b.shape.rank + i]) return false;
  return true;
}

template <cpu::Binary Op> float apply(float a, float b) {
  using enum cpu::Binary;
  if constexpr (Op == Add)
    return a + b;
  else if constexpr (Op == Subtract)
    return a - b;
  else if constexpr (Op == Multiply)
    return a * b;
  else if constexpr (Op == Divide)
    return a / b;
  else if constexpr (Op == Maximum)
    return a > b || std::isnan(a) ? a : b;
  else
    return a < b || std::isnan(a) ? a : b;
}

// Wraps around as two's complement does.
template <cpu::Binary Op> int64_t applyInteger(int64_t a, int64_t b) {
  using enum cpu::Binary;
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  if constexpr (Op == Add)
    return static_cast<int64_t>(x + y);
  else if constexpr (Op == Subtract)
    return static_cast<int64_t>(x - y);
  else if constexpr (Op == Multiply)
    return static_cast<int64_t>(x * y);
  else if constexpr (Op == Maximum)
    return std::max(a, b);
  else
    return std::min(a, b);
}

template <cpu::Binary Op> void binaryFloats(Frame& frame, Tid outTid, DType type, Tid aTid, Tid bTid) {
  constexpr bool commutes = Op == cpu::Binary::Add || Op == cpu::Binary::Multiply;
  const float* a = frame.floats(aTid);
  const float* b = frame.floats(bTid);
  const Tensor aTensor = frame.at(aTid), bTensor = frame.at(bTid);
  const Shape shape = broadcast(aTensor.shape, bTensor.shape);
  const int64_t count = shape.count();
  float* out = frame.fresh(outTid, type, shape).as<float>();
  if (count == aTensor.count() && repeatsInRows(bTensor, shape))
    cpu::binary(frame.pool(), Op, a, b, out, count, bTensor.count());
  else if (commutes && count == bTensor.count() && repeatsInRows(aTensor, shape))
    cpu::binary(frame.pool(), Op, b, a, out, count, aTensor.count());
  else
    broadcastLoop(out, shape, apply<Op>, walked(a, aTensor, shape), walked(b, bTensor, shape));
}

// Both operands as int64 into an int64 scratch, then narrowed to the output's type.
template <class Fn> void binaryIntegers(Frame& frame, Tid outTid, DType type, const Tensor& a, const Tensor& b, Fn fn) {
  const Shape shape = broadcast(a.shape, b.shape);
  auto* wide = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(shape.count()) * sizeof(int64_t)));
  broadcastLoop(wide, shape, fn, walked(frame.integers(a), a, shape), walked(frame.integers(b), b, shape));
  copyTensor(denseTensor(wide, DType::I64, DType::I64, shape), frame.fresh(outTid, type, shape));
}

template <class N, cpu::Binary Op> void runBinary(Frame& frame, const N& node) {
  const Tensor a = frame.at(node.a), b = frame.at(node.b);
  const DType type = promote(a.type, b.type);
  if constexpr (Op == cpu::Binary::Divide)
    return binaryFloats<Op>(frame, node.out, floatType(type), node.a, node.b);
  else if (isFloat(type))
    return binaryFloats<Op>(frame, node.out, type, node.a, node.b);
  else
    binaryIntegers(frame, node.out, type, a, b, applyInteger<Op>);
}

// log(eᵃ + eᵇ), which is the larger where the other is infinitely less.
void runLogAddExp(Frame& frame, const LogAddExpNode& node) {
  const Tensor a = frame.at(node.a), b = frame.at(node.b);
  const Shape shape = broadcast(a.shape, b.shape);
  float* out = frame.fresh(node.out, floatType(promote(a.type, b.type)), shape).as<float>();
  const auto sum = [](float x, float y) {
    return x == y ? x + std::log(2.0f) : std::max(x, y) + std::log1p(std::exp(-std::abs(x - y)));
  };
  broadcastLoop(out, shape, sum, walked(frame.floats(node.a), a, shape), walked(frame.floats(node.b), b, shape));
}

template <class N, class Fn> void runCompare(Frame& frame, const N& node) {
  const Tensor a = frame.at(node.a), b = frame.at(node.b);
  const Shape shape = broadcast(a.shape, b.shape);
  bool* out = frame.fresh(node.out, DType::Bool, shape).template as<bool>();
  if (isFloat(promote(a.type, b.type)))
    broadcastLoop(out, shape, Fn{}, walked(frame.floats(node.a), a, shape), walked(frame.floats(node.b), b, shape));
  else
    broadcastLoop(out, shape, Fn{}, walked(frame.integers(a), a, shape), walked(frame.integers(b), b, shape));
}

const bool* booleans(Frame& frame, const Tensor& tensor) {
  if (tensor.memory == DType::Bool && tensor.dense()) return tensor.as<const bool>();
  auto* data = static_cast<bool*>(frame.scratch(static_cast<size_t>(tensor.count())));
  copyTensor(tensor, denseTensor(data, DType::Bool, DType::Bool, tensor.shape));
  return data;
}

template <class N, class Fn> void runLogical(Frame& frame, const N& node) {
  const Tensor a = frame.at(node.a), b = frame.at(node.b);
  const Shape shape = broadcast(a.shape, b.shape);
  bool* out = frame.fresh(node.out, DType::Bool, shape).template as<bool>();
  broadcastLoop(out, shape, Fn{}, walked(booleans(frame, a), a, shape), walked(booleans(frame, b), b, shape));
}

// On booleans the same as the logical node.
template <class N, class Logical, class Bitwise> void runBitwise(Frame& frame, const N& node) {
  const Tensor a = frame.at(node.a), b = frame.at(node.b);
  if (a.memory == DType::Bool && b.memory == DType::Bool) return runLogical<N, Logical>(frame, node);
  expect(!isFloat(a.memory) && !isFloat(b.memory), "a bitwise operation on floats");
  binaryIntegers(frame, node.out, promote(a.type, b.type), a, b, Bitwise{});
}

void runLogicalNot(Frame& frame, const LogicalNotNode& node) {
  const Tensor x = frame.at(node.x);
  bool* out = frame.fresh(node.out, DType::Bool, x.shape).as<bool>();
  broadcastLoop(out, x.shape, std::logical_not<>{}, walked(booleans(frame, x), x, x.shape));
}

void runWhere(Frame& frame, const WhereNode& node) {
  const Tensor condition = frame.at(node.condition), x = frame.at(node.x), y = frame.at(node.y);
  const DType type = promote(x.type, y.type);
  const Shape shape = broadcast(condition.shape, broadcast(x.shape, y.shape));
  const auto choose = [](bool holds, auto a, auto b) { return holds ? a : b; };
  const auto test = walked(booleans(frame, condition), condition, shape);
  if (isFloat(type)) {
    float* out = frame.fresh(node.out, type, shape).as<float>();
    broadcastLoop(out, shape, choose, test, walked(frame.floats(node.x), x, shape),
                  walked(frame.floats(node.y), y, shape));
    return;
  }
  auto* wide = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(shape.count()) * sizeof(int64_t)));
  broadcastLoop(wide, shape, choose, test, walked(frame.integers(x), x, shape), walked(frame.integers(y), y, shape));
  copyTensor(denseTensor(wide, DType::I64, DType::I64, shape), frame.fresh(node.out, type, shape));
}

void addFloatHandlers(HandlerTable& table) {
  using enum cpu::Unary;
  on<&runUnary<SiluNode, Silu>>(table);
  on<&runUnary<SigmoidNode, Sigmoid>>(table);
  on<&runUnary<TanhNode, Tanh>>(table);
  on<&runUnary<ExpNode, Exp>>(table);
  on<&runUnary<RsqrtNode, Rsqrt>>(table);
  on<&runUnary<SqrtNode, Sqrt>>(table);
  on<&runUnary<SquareNode, Square>>(table);
  on<&runGelu>(table);
  on<&runNeg>(table);
}

} // namespace

void addElementwiseHandlers(HandlerTable& table) {
  addFloatHandlers(table);
  using enum cpu::Binary;
  on<&runBinary<AddNode, Add>>(table);
  on<&runBinary<SubtractNode, Subtract>>(table);
  on<&runBinary<MultiplyNode, Multiply>>(table);
  on<&runBinary<DivideNode, Divide>>(table);
  on<&runBinary<MaximumNode, Maximum>>(table);
  on<&runBinary<MinimumNode, Minimum>>(table);
  on<&runLogAddExp>(table);
  on<&runCompare<LessNode, std::less<>>>(table);
  on<&runCompare<LessEqualNode, std::less_equal<>>>(table);
  on<&runCompare<GreaterNode, std::greater<>>>(table);
  on<&runCompare<GreaterEqualNode, std::greater_equal<>>>(table);
  on<&runCompare<EqualNode, std::equal_to<>>>(table);
  on<&runCompare<NotEqualNode, std::not_equal_to<>>>(table);
  on<&runLogical<LogicalAndNode, std::logical_and<>>>(table);
  on<&runLogical<LogicalOrNode, std::logical_or<>>>(table);
  on<&runBitwise<BitwiseAndNode, std::logical_and<>, std::bit_and<>>>(table);
  on<&runBitwise<BitwiseOrNode, std::logical_or<>, std::bit_or<>>>(table);
  on<&runBitwise<BitwiseXorNode, std::not_equal_to<>, std::bit_xor<>>>(table);
  on<&runLogicalNot>(table);
  on<&runWhere>(table);
}

} // namespace pteron::mlx
