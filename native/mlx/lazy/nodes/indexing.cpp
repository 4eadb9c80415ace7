// Nodes that read or write chosen elements: taking, gathering, slicing, sorting, KV-cache updates.
#include "../../failure.h"
#include "../../slice.h"
#include "../axes.h"
#include "../handlers.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

// An element of a small input is known on the host already: positions must not wait for the device.
bool onHost(const mx::array& x) {
  return x.size() <= 64 && x.ndim() == 1 && x.is_available() && x.dtype() == mx::int64;
}

void takeOne(Frame& f, const TakeNode& node, int64_t index) {
  const mx::array& x = f(node.x);
  const int axis = axisOf(node.axis, x), size = x.shape(axis);
  const int64_t wrapped = index < 0 ? index + size : index;
  expect(wrapped >= 0 && wrapped < size, "an index is out of range");
  if (onHost(x)) {
    f.readOnHost.push_back(x.id());
    return f.set(node.out, mx::array(x.data<int64_t>()[wrapped * x.strides(0)], mx::int64));
  }
  f.set(node.out, mx::take(x, static_cast<int>(wrapped), axis, f.stream()));
}

void runTake(Frame& f, const TakeNode& node) {
  if (node.index.kind == IntOrVidOrTid::Literal) return takeOne(f, node, node.index.literal);
  if (node.index.kind == IntOrVidOrTid::Value) return takeOne(f, node, f.integer(node.index.vid));
  const mx::array& x = f(node.x);
  const int axis = axisOf(node.axis, x);
  const mx::array indices = indicesWithin(f(node.index.tid), x.shape(axis), f.stream());
  f.set(node.out, mx::take(x, indices, axis, f.stream()));
}

void runTakeAlongAxis(Frame& f, const TakeAlongAxisNode& node) {
  const mx::array& x = f(node.x);
  const int axis = axisOf(node.axis, x);
  f.set(node.out, mx::take_along_axis(x, indicesWithin(f(node.indices), x.shape(axis), f.stream()), axis, f.stream()));
}

void runGather(Frame& f, const GatherNode& node) {
  const mx::array& x = f(node.x);
  expect(node.indices.size() == node.axes.size() && node.sliceSizes.size() == x.ndim(),
         "a gather's indices or sizes do not fit its axes");
  std::vector<mx::array> indices;
  std::vector<int> axes;
  const mx::Shape sizes(node.sliceSizes.begin(), node.sliceSizes.end());
  for (size_t i = 0; i < sizes.size(); ++i)
    expect(sizes[i] >= 0 && sizes[i] <= x.shape(static_cast<int>(i)), "a gather's slices do not fit");
  for (size_t i = 0; i < node.axes.size(); ++i) {
    axes.push_back(axisOf(node.axes[i], x));
    // The slice must end within the axis, too.
    const int room = x.shape(axes.back()) - sizes[static_cast<size_t>(axes.back())] + 1;
    const mx::array within = indicesWithin(f(node.indices[i]), x.shape(axes.back()), f.stream());
    indices.push_back(
        room == x.shape(axes.back()) ? within : mx::minimum(within, mx::array(room - 1, within.dtype()), f.stream()));
  }
  f.set(node.out, mx::gather(x, indices, axes, sizes, f.stream()));
}

struct Bounds {
  mx::Shape start, stop, step;
};

Bounds boundsOf(const Frame& f, const mx::array& x, const IntOrVid& axisChoice, const IntOrVid& from,
                const IntOrVid& to, int step) {
  const int axis = axisOf(f.integer(axisChoice), x);
  const Range range = sliceRange(x.shape(axis), f.integer(from), f.integer(to), step);
  Bounds bounds{mx::Shape(x.ndim(), 0), x.shape(), mx::Shape(x.ndim(), 1)};
  const int64_t stop = range.start + (range.count > 0 ? (range.count - 1) * range.step + (step > 0 ? 1 : -1) : 0);
  bounds.start[axis] = static_cast<int>(range.start);
  // libmlx counts a negative stop from the end: before the first element is beyond that.
  bounds.stop[axis] = static_cast<int>(stop < 0 ? -x.shape(axis) - 1 : stop);
  bounds.step[axis] = step;
  return bounds;
}

void runSlice(Frame& f, const SliceNode& node) {
  const mx::array& x = f(node.x);
  const Bounds bounds = boundsOf(f, x, node.axis, node.start, node.stop, node.step);
  f.set(node.out, mx::slice(x, bounds.start, bounds.stop, bounds.step, f.stream()));
}

void runSliceUpdate(Frame& f, const SliceUpdateNode& node) {
  const mx::array& dst = f(node.dst);
  const Bounds bounds = boundsOf(f, dst, node.axis, node.start, node.stop, node.step);
  const mx::array update = mx::astype(f(node.update), dst.dtype(), f.stream());
  f.set(node.out, mx::slice_update(dst, update, bounds.start, bounds.stop, bounds.step, f.stream()));
}

// Rows of `update` go to the places that `indices` names.
void runIndexCopy(Frame& f, const IndexCopyNode& node) {
  const mx::array &dst = f(node.dst), &update = f(node.update), &indices = f(node.indices);
  const int axis = axisOf(node.axis, dst);
  expect(update.ndim() == dst.ndim() && indices.ndim() == 1 && indices.shape(0) == update.shape(axis),
         "an update has another size than its indices");
  for (int i = 0; i < static_cast<int>(dst.ndim()); ++i)
    expect(i == axis || dst.shape(i) == update.shape(i), "an update does not fit its tensor");
  const mx::Stream s = f.stream();
  const mx::array rows = mx::expand_dims(mx::moveaxis(mx::astype(update, dst.dtype(), s), axis, 0, s), axis + 1, s);
  f.set(node.out, mx::scatter(dst, indicesWithin(indices, dst.shape(axis), s), rows, axis, s));
}

void runScatterAdd(Frame& f, const ScatterAddNode& node) {
  const mx::array& x = f(node.x);
  const int axis = axisOf(node.axis, x);
  const mx::array indices = indicesWithin(f(node.indices), x.shape(axis), f.stream());
  mx::array updates = f(node.updates);
  expect(updates.ndim() == indices.ndim(), "updates have another size than their indices");
  if (updates.shape() != indices.shape()) { // torch lets updates be larger
    for (int i = 0; i < static_cast<int>(updates.ndim()); ++i)
      expect(updates.shape(i) >= indices.shape(i), "updates have another size than their indices");
    updates = mx::slice(updates, mx::Shape(updates.ndim(), 0), indices.shape(), f.stream());
  }
  f.set(node.out, mx::scatter_add_axis(x, indices, updates, axis, f.stream()));
}

template <class N, mx::array (*Op)(const mx::array&, int, mx::StreamOrDevice)> void runSort(Frame& f, const N& node) {
  f.set(node.out, Op(f(node.x), axisOf(node.axis, f(node.x)), f.stream()));
}

template <class N, mx::array (*Op)(const mx::array&, int, int, mx::StreamOrDevice)>
void runPartition(Frame& f, const N& node) {
  const int axis = axisOf(node.axis, f(node.x));
  f.set(node.out, Op(f(node.x), f.size(node.kth), axis, f.stream()));
}

const char* refuseSlice(const Node& node) {
  return static_cast<const SliceNode&>(node).step != 0 ? nullptr : "with a step of zero";
}

const char* refuseSliceUpdate(const Node& node) {
  return static_cast<const SliceUpdateNode&>(node).step > 0 ? nullptr : "with a step that is not positive";
}

} // namespace

void addIndexHandlers(HandlerTable& table) {
  on<&runTake>(table);
  on<&runTakeAlongAxis>(table);
  on<&runGather>(table);
  on<&runSlice>(table).refuse = refuseSlice;
  on<&runSliceUpdate>(table).refuse = refuseSliceUpdate;
  on<&runIndexCopy>(table);
  on<&runScatterAdd>(table);
  on<&runSort<SortNode, mx::sort>>(table);
  on<&runSort<ArgsortNode, mx::argsort>>(table);
  on<&runPartition<PartitionNode, mx::partition>>(table);
  on<&runPartition<ArgPartitionNode, mx::argpartition>>(table);
}

} // namespace pteron::mlx::lazy
