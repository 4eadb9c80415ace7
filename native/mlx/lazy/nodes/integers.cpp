// Host values: sizes, positions and arithmetic on them.
#include "../../failure.h"
#include "../../integer_math.h"
#include "../axes.h"
#include "../handlers.h"

namespace pteron::mlx::lazy {

namespace {

template <class N, int64_t (*Op)(int64_t, int64_t)> void runBinary(Frame& f, const N& node) {
  f.set(node.out, Op(f.integer(node.a), f.integer(node.b)));
}

void runSymSize(Frame& f, const SymSizeNode& node) {
  const mx::array& x = f(node.a);
  f.set(node.out, int64_t{x.shape(axisOf(node.dim, x))});
}

// Waits for the device where the value is not an input's: inputs are read where they are (see Frame::set).
void runItemInt(Frame& f, const ItemIntNode& node) {
  mx::array x = f(node.x);
  expect(x.size() == 1, "a single integer was expected");
  f.readOnHost.push_back(x.id());
  if (x.dtype() != mx::int64) x = mx::astype(x, mx::int64, f.stream());
  if (!x.is_available()) f.waited = true;
  f.set(node.out, x.item<int64_t>());
}

} // namespace

void addIntegerHandlers(HandlerTable& table) {
  on<&runBinary<AddIntNode, addIntegers>>(table);
  on<&runBinary<SubtractIntNode, subtractIntegers>>(table);
  on<&runBinary<MultiplyIntNode, multiplyIntegers>>(table);
  on<&runBinary<FloorDivideIntNode, floorDivide>>(table);
  on<&runBinary<ModIntNode, floorModulo>>(table);
  on<&runSymSize>(table);
  on<&runItemInt>(table);
}

} // namespace pteron::mlx::lazy
