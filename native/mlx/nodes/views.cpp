// Nodes that only see memory differently: free unless the layout forces a copy.
#include "../copy.h"
#include "../failure.h"
#include "../handlers.h"
#include "../slice.h"

namespace pteron::mlx {

namespace {

void runIdCopy(Frame& frame, const IdCopyNode& node) { frame.view(node.out, frame.at(node.x)); }

void runContiguous(Frame& frame, const ContiguousNode& node) {
  const Tensor x = frame.at(node.x);
  if (x.dense())
    frame.view(node.out, x);
  else
    copyTensor(x, frame.fresh(node.out, x.type, x.memory, x.shape));
}

// Between float types nothing changes in memory: activations are fp32 whatever they are declared as.
void runAsType(Frame& frame, const AsTypeNode& node) {
  const Tensor x = frame.at(node.x);
  const auto type = static_cast<DType>(node.scalarType);
  if (isFloat(type) ? isFloat(x.memory) : x.memory == type)
    frame.view(node.out, x).type = type;
  else
    copyTensor(x, frame.fresh(node.out, type, x.shape));
}

const char* refuseAsType(const Node& node) {
  return byteSize(static_cast<DType>(static_cast<const AsTypeNode&>(node).scalarType))
             ? nullptr
             : "to an unsupported element type";
}

void runReshape(Frame& frame, const ReshapeNode& node) {
  const Tensor x = frame.at(node.x);
  Shape shape;
  int inferred = -1;
  for (const IntOrVid& each : node.shape) {
    const int64_t size = frame.integer(each);
    if (size == -1) {
      expect(inferred < 0, "a reshape infers two dimensions");
      inferred = shape.rank;
    }
    shape.push(size == -1 ? 1 : size);
  }
  if (inferred >= 0 && shape.count() > 0) shape[inferred] = x.count() / shape.count();
  if (shape.count() != x.count())
    throw Failure(Error::InvalidArgument, "cannot reshape " + x.shape.text() + " to " + shape.text());
  Strides strides{};
  if (!reshapeStrides(x, shape, strides)) {
    Tensor& out = frame.fresh(node.out, x.type, x.memory, x.shape);
    copyTensor(x, out);
    out = denseTensor(out.data, x.type, x.memory, shape);
    return;
  }
  Tensor& out = frame.view(node.out, x);
  out.shape = shape;
  out.strides = strides;
}

void runTranspose(Frame& frame, const TransposeNode& node) {
  const Tensor x = frame.at(node.x);
  expect(static_cast<int>(node.perm.size()) == x.shape.rank, "a transpose names another number of dimensions");
  Tensor& out = frame.view(node.out, x);
  unsigned seen = 0;
  for (int i = 0; i < x.shape.rank; ++i) {
    const int from = wrapAxis(node.perm[static_cast<size_t>(i)], x.shape.rank);
    expect(!(seen & (1u << from)), "a transpose repeats a dimension");
    seen |= 1u << from;
    out.shape[i] = x.shape[from];
    out.strides[static_cast<size_t>(i)] = x.strides[static_cast<size_t>(from)];
  }
}

void insertAxis(Tensor& tensor, int axis) {
  for (int i = tensor.shape.rank; i > axis; --i)
    tensor.strides[static_cast<size_t>(i) & 7] = tensor.strides[static_cast<size_t>(i) - 1];
  tensor.shape.insert(axis, 1);
  tensor.strides[static_cast<size_t>(axis)] = 1;
}

void runExpandDims(Frame& frame, const ExpandDimsNode& node) {
  Tensor& out = frame.view(node.out, frame.at(node.x));
  expect(out.shape.rank < kMaxRank, "a tensor has more than 8 dimensions");
  insertAxis(out, wrapAxis(node.axis, out.shape.rank + 1));
}

void runSqueeze(Frame& frame, const SqueezeNode& node) {
  const Tensor x = frame.at(node.x);
  unsigned removed = 0;
  for (int32_t dim : node.dims) removed |= 1u << wrapAxis(dim, x.shape.rank);
  Tensor& out = frame.view(node.out, x);
  out.shape.rank = 0;
  for (int i = 0; i < x.shape.rank; ++i) {
    const bool drop = node.dims.empty() ? x.shape[i] == 1 : (removed >> i) & 1;
    if (drop && x.shape[i] == 1) continue; // other dimensions stay, as in PyTorch
    out.strides[static_cast<size_t>(out.shape.rank)] = x.strides[static_cast<size_t>(i)];
    out.shape.push(x.shape[i]);
  }
}

void runBroadcastTo(Frame& frame, const BroadcastToNode& node) {
  const Tensor x = frame.at(node.x);
  Shape shape = frame.shape(node.shape);
  for (int i = 1; i <= std::min(shape.rank, x.shape.rank); ++i) // -1 keeps a dimension
    if (shape[shape.rank - i] == -1) shape[shape.rank - i] = x.shape[x.shape.rank - i];
  shape.count();
  const Strides strides = broadcastStrides(x, shape);
  Tensor& out = frame.view(node.out, x);
  out.shape = shape;
  out.strides = strides;
}

void runSlice(Frame& frame, const SliceNode& node) {
  const Tensor x = frame.at(node.x);
  const int axis = wrapAxis(frame.integer(node.axis), x.shape.rank);
  frame.view(
      node.out,
      sliced(x, axis, sliceRange(x.shape[axis], frame.integer(node.start), frame.integer(node.stop), node.step)));
}

const char* refuseSlice(const Node& node) {
  return static_cast<const SliceNode&>(node).step > 0 ? nullptr : "with a step that is not positive";
}

void runSplit(Frame& frame, const SplitNode& node) {
  const Tensor x = frame.at(node.x);
  expect(node.sizes.size() == node.outs.size() || node.sizes.size() == 1,
         "a split has another number of outputs than of sizes");
  const int axis = wrapAxis(node.axis, x.shape.rank);
  int64_t start = 0;
  for (size_t i = 0; i < node.outs.size(); ++i) {
    int64_t size = frame.integer(node.sizes.size() == 1 ? node.sizes[0] : node.sizes[i]);
    if (node.sizes.size() == 1) size = std::min(size, x.shape[axis] - start); // the last part may be smaller
    expect(size >= 0 && size <= x.shape[axis] - start, "a split's sizes do not fit");
    frame.view(node.outs[i], sliced(x, axis, {start, size, 1}));
    start += size;
  }
}

} // namespace

void addViewHandlers(HandlerTable& table) {
  on<&runIdCopy>(table, Effect::View);
  on<&runContiguous>(table, Effect::View);
  on<&runAsType>(table, Effect::View).refuse = refuseAsType;
  on<&runReshape>(table, Effect::View);
  on<&runTranspose>(table, Effect::View);
  on<&runExpandDims>(table, Effect::View);
  on<&runSqueeze>(table, Effect::View);
  on<&runBroadcastTo>(table, Effect::View);
  on<&runSlice>(table, Effect::View).refuse = refuseSlice;
  on<&runSplit>(table, Effect::View);
}

} // namespace pteron::mlx
