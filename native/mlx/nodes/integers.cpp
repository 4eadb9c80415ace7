// Host integers: sizes and positions.
#include "../failure.h"
#include "../handlers.h"

#include <limits>

namespace pteron::mlx {

namespace {

// Positions and sizes stay far below this; a graph that leaves it is damaged, and signed overflow is undefined.
constexpr int64_t kMost = int64_t{1} << 62;

int64_t checked(__int128 value) {
  expect(value > -kMost && value < kMost, "an integer overflows");
  return static_cast<int64_t>(value);
}

void runAddInt(Frame& frame, const AddIntNode& node) {
  frame.set(node.out, checked(static_cast<__int128>(frame.integer(node.a)) + frame.integer(node.b)));
}

void runSubtractInt(Frame& frame, const SubtractIntNode& node) {
  frame.set(node.out, checked(static_cast<__int128>(frame.integer(node.a)) - frame.integer(node.b)));
}

void runMultiplyInt(Frame& frame, const MultiplyIntNode& node) {
  frame.set(node.out, checked(static_cast<__int128>(frame.integer(node.a)) * frame.integer(node.b)));
}

// Quotient and remainder round down, as in Python and MLX.
int64_t floorDivide(int64_t a, int64_t b) {
  expect(b != 0, "division by zero");
  expect(a != std::numeric_limits<int64_t>::min() || b != -1, "an integer overflows");
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

void runFloorDivideInt(Frame& frame, const FloorDivideIntNode& node) {
  frame.set(node.out, floorDivide(frame.integer(node.a), frame.integer(node.b)));
}

void runModInt(Frame& frame, const ModIntNode& node) {
  const int64_t a = frame.integer(node.a), b = frame.integer(node.b);
  frame.set(node.out, a - b * floorDivide(a, b));
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
  on<&runAddInt>(table, Effect::Value);
  on<&runSubtractInt>(table, Effect::Value);
  on<&runMultiplyInt>(table, Effect::Value);
  on<&runFloorDivideInt>(table, Effect::Value);
  on<&runModInt>(table, Effect::Value);
  on<&runSymSize>(table, Effect::Value);
  on<&runItemInt>(table, Effect::Value);
}

} // namespace pteron::mlx
