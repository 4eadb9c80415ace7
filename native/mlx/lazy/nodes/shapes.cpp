// Nodes that see, join or repeat the same elements differently.
#include "../../failure.h"
#include "../axes.h"
#include "../dtypes.h"
#include "../handlers.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

constexpr int64_t kMostElements = int64_t{1} << 34;

void runIdCopy(Frame& f, const IdCopyNode& node) { f.set(node.out, f(node.x)); }

void runContiguous(Frame& f, const ContiguousNode& node) {
  f.set(node.out, mx::contiguous(f(node.x), false, f.stream()));
}

void runReshape(Frame& f, const ReshapeNode& node) {
  f.set(node.out, mx::reshape(f(node.x), f.shape(node.shape), f.stream()));
}

void runTranspose(Frame& f, const TransposeNode& node) {
  f.set(node.out, mx::transpose(f(node.x), node.perm, f.stream()));
}

void runExpandDims(Frame& f, const ExpandDimsNode& node) {
  f.set(node.out, mx::expand_dims(f(node.x), node.axis, f.stream()));
}

// Other dimensions than those of 1 stay, as in PyTorch.
void runSqueeze(Frame& f, const SqueezeNode& node) {
  const mx::array& x = f(node.x);
  std::vector<int> axes;
  for (int axis : axesOf(node.dims, x))
    if (x.shape(axis) == 1) axes.push_back(axis);
  f.set(node.out, mx::squeeze(x, axes, f.stream()));
}

// A size of -1 keeps the dimension.
void runBroadcastTo(Frame& f, const BroadcastToNode& node) {
  const mx::array& x = f(node.x);
  mx::Shape shape = f.shape(node.shape);
  const auto rank = static_cast<int>(shape.size());
  for (int i = 1; i <= std::min(rank, static_cast<int>(x.ndim())); ++i)
    if (shape[rank - i] == -1) shape[rank - i] = x.shape(-i);
  f.set(node.out, mx::broadcast_to(x, shape, f.stream()));
}

void runTile(Frame& f, const TileNode& node) {
  std::vector<int> repeats;
  auto count = static_cast<int64_t>(f(node.x).size());
  for (const IntOrVid& each : node.reps) {
    repeats.push_back(f.size(each));
    expect(repeats.back() >= 0, "a size is negative");
    expect((count *= std::max(repeats.back(), 1)) <= kMostElements, "a tensor is too large");
  }
  f.set(node.out, mx::tile(f(node.x), repeats, f.stream()));
}

void runRepeat(Frame& f, const RepeatNode& node) {
  const int repeats = f.size(node.repeats);
  expect(repeats >= 0 && static_cast<int64_t>(f(node.x).size()) * repeats <= kMostElements, "a tensor is too large");
  f.set(node.out, mx::repeat(f(node.x), repeats, axisOf(node.axis, f(node.x)), f.stream()));
}

std::vector<mx::array> arraysOf(const Frame& f, const std::vector<Tid>& tids) {
  std::vector<mx::array> arrays;
  for (Tid tid : tids) arrays.push_back(f(tid));
  return arrays;
}

void runConcatenate(Frame& f, const ConcatenateNode& node) {
  f.set(node.out, mx::concatenate(arraysOf(f, node.tensors), node.axis, f.stream()));
}

void runStack(Frame& f, const StackNode& node) {
  f.set(node.out, mx::stack(arraysOf(f, node.tensors), node.axis, f.stream()));
}

// One size for all leaves a smaller last part.
void runSplit(Frame& f, const SplitNode& node) {
  const mx::array x = f(node.x);
  expect(node.sizes.size() == node.outs.size() || node.sizes.size() == 1,
         "a split has another number of outputs than of sizes");
  const int axis = axisOf(node.axis, x);
  mx::Shape start(x.ndim(), 0), stop = x.shape();
  stop[axis] = 0;
  for (size_t i = 0; i < node.outs.size(); ++i) {
    start[axis] = stop[axis];
    int size = f.size(node.sizes.size() == 1 ? node.sizes[0] : node.sizes[i]);
    if (node.sizes.size() == 1) size = std::min(size, x.shape(axis) - start[axis]);
    expect(size >= 0 && size <= x.shape(axis) - start[axis], "a split's sizes do not fit");
    stop[axis] = start[axis] + size;
    f.set(node.outs[i], mx::slice(x, start, stop, f.stream()));
  }
}

void runPad(Frame& f, const PadNode& node) {
  const mx::array& x = f(node.x);
  expect(node.padWidth.size() == 2 * x.ndim(), "padding names another number of dimensions");
  std::vector<std::pair<int, int>> widths;
  int64_t count = 1;
  for (size_t i = 0; i < x.ndim(); ++i) {
    const int before = f.size(node.padWidth[2 * i]), after = f.size(node.padWidth[2 * i + 1]);
    expect(before >= 0 && after >= 0, "a padding is negative");
    count *= std::max<int64_t>(1, int64_t{x.shape(static_cast<int>(i))} + before + after);
    expect(count <= kMostElements, "a tensor is too large");
    widths.emplace_back(before, after);
  }
  f.set(node.out, mx::pad(x, widths, scalar(node.constantValue, x.dtype()), node.mode, f.stream()));
}

void runRoll(Frame& f, const RollNode& node) {
  expect(node.shift.size() == node.axes.size(), "a roll has another number of shifts than of axes");
  mx::Shape shifts;
  for (const IntOrVid& each : node.shift) shifts.push_back(f.size(each));
  for (int size : f(node.x).shape()) // libmlx divides by the size
    if (size == 0) return f.set(node.out, f(node.x));
  f.set(node.out, mx::roll(f(node.x), shifts, axesOf(node.axes, f(node.x)), f.stream()));
}

void runFlip(Frame& f, const FlipNode& node) {
  mx::array x = f(node.x);
  for (int32_t axis : node.axes) x = mx::flip(x, axisOf(axis, x), f.stream());
  f.set(node.out, x);
}

void runTril(Frame& f, const TrilNode& node) { f.set(node.out, mx::tril(f(node.x), node.k, f.stream())); }
void runTriu(Frame& f, const TriuNode& node) { f.set(node.out, mx::triu(f(node.x), node.k, f.stream())); }

// A view of any layout; every element that it names must exist.
void runAsStrided(Frame& f, const AsStridedNode& node) {
  const mx::array& x = f(node.x);
  const mx::Shape shape = f.shape(node.shape);
  expect(shape.size() == node.strides.size(), "a strided view has another number of strides than of sizes");
  mx::Strides strides;
  __int128 last = node.offset;
  bool empty = false;
  for (size_t i = 0; i < shape.size(); ++i) {
    strides.push_back(f.integer(node.strides[i]));
    expect(strides.back() >= 0 && shape[i] >= 0, "a strided view's sizes and strides are not positive");
    empty |= shape[i] == 0;
    last += static_cast<__int128>(strides.back()) * std::max(shape[i] - 1, 0);
  }
  expect(empty || last < static_cast<__int128>(x.size()), "a strided view leaves its tensor");
  f.set(node.out, mx::as_strided(x, shape, strides, node.offset, f.stream()));
}

const char* refusePad(const Node& node) {
  const std::string& mode = static_cast<const PadNode&>(node).mode;
  return mode == "constant" || mode == "edge" ? nullptr : "of another mode than constant or edge";
}

} // namespace

void addShapeHandlers(HandlerTable& table) {
  on<&runIdCopy>(table);
  on<&runContiguous>(table);
  on<&runReshape>(table);
  on<&runTranspose>(table);
  on<&runExpandDims>(table);
  on<&runSqueeze>(table);
  on<&runBroadcastTo>(table);
  on<&runTile>(table);
  on<&runRepeat>(table);
  on<&runConcatenate>(table);
  on<&runStack>(table);
  on<&runSplit>(table);
  on<&runPad>(table).refuse = refusePad;
  on<&runRoll>(table);
  on<&runFlip>(table);
  on<&runTril>(table);
  on<&runTriu>(table);
  on<&runAsStrided>(table);
}

} // namespace pteron::mlx::lazy
