// Host integers: sizes and positions.
#include "../integer_math.h"
#include "../handlers.h"

namespace pteron::mlx {

namespace {

template <class N, int64_t (*Op)(int64_t, int64_t)> void runBinary(Frame& frame, const N& node) {
  frame.set(node.out, Op(frame.integer(node.a), frame.integer(node.b)));
}

void runSymSize(Frame& frame, const SymSizeNode& node) {
  const Shape& shape = frame.at(node.a).shape;
  frame.set(node.out, shape[wrapAxis(node.dim, shape.rank)]);
}

void runItemInt(Frame& frame, const ItemIntNode& node) {
  const Tensor& x = frame.at(node.x);
  expect(x.count() == 1, "a single integer was expected");
  frame.set(node.out, *frame.integers(x));
}

void runNoop(Frame&, const NoopNode&) {}

} // namespace

void addIntegerHandlers(HandlerTable& table) {
  on<&runNoop>(table, Effect::Value);
  on<&runBinary<AddIntNode, addIntegers>>(table, Effect::Value);
  on<&runBinary<SubtractIntNode, subtractIntegers>>(table, Effect::Value);
  on<&runBinary<MultiplyIntNode, multiplyIntegers>>(table, Effect::Value);
  on<&runBinary<FloorDivideIntNode, floorDivide>>(table, Effect::Value);
  on<&runBinary<ModIntNode, floorModulo>>(table, Effect::Value);
  on<&runSymSize>(table, Effect::Value);
  on<&runItemInt>(table, Effect::Value);
}

} // namespace pteron::mlx
