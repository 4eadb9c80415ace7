// Nodes that change part of a tensor: KV-cache updates above all. The executor has made `out` a view of `dst` where its
// memory may be changed, else a copy.
#include "../copy.h"
#include "../failure.h"
#include "../handlers.h"
#include "../slice.h"

namespace pteron::mlx {

namespace {

void runSliceUpdate(Frame& frame, const SliceUpdateNode& node) {
  const Tensor& out = frame.at(node.out);
  const Tensor& update = frame.at(node.update);
  const int axis = wrapAxis(frame.integer(node.axis), out.shape.rank);
  const int64_t start = frame.integer(node.start), stop = frame.integer(node.stop);
  const Tensor target = sliced(out, axis, sliceRange(out.shape[axis], start, stop, node.step));
  if (!(update.shape == target.shape))
    throw Failure(Error::InvalidArgument, "an update of shape " + update.shape.text() + " does not fit [" +
                                              std::to_string(start) + ", " + std::to_string(stop) + ") of " +
                                              out.shape.text());
  copyTensor(update, target);
}

void runIndexCopy(Frame& frame, const IndexCopyNode& node) {
  const Tensor& out = frame.at(node.out);
  const Tensor& update = frame.at(node.update);
  const Tensor& indices = frame.at(node.indices);
  const int axis = wrapAxis(node.axis, out.shape.rank);
  expect(update.shape.rank == out.shape.rank && indices.count() == update.shape[axis],
         "an update has another size than its indices");
  const int64_t* positions = frame.integers(indices);
  for (int64_t i = 0; i < update.shape[axis]; ++i) {
    const int64_t at = positions[i] < 0 ? positions[i] + out.shape[axis] : positions[i];
    expect(at >= 0 && at < out.shape[axis], "an index is out of range");
    copyTensor(sliced(update, axis, {i, 1, 1}), sliced(out, axis, {at, 1, 1}));
  }
}

const char* refuseSliceUpdate(const Node& node) {
  return static_cast<const SliceUpdateNode&>(node).step > 0 ? nullptr : "with a step that is not positive";
}

} // namespace

void addUpdateHandlers(HandlerTable& table) {
  on<&runSliceUpdate>(table, Effect::Update).refuse = refuseSliceUpdate;
  on<&runIndexCopy>(table, Effect::Update);
}

} // namespace pteron::mlx
