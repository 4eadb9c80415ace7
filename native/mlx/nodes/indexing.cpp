// Taking, joining and making tensors.
#include "../copy.h"
#include "../failure.h"
#include "../handlers.h"
#include "../integer_math.h"
#include "../slice.h"

#include <cstring>

namespace pteron::mlx {

namespace {

int64_t wrapIndex(int64_t index, int64_t size) {
  const int64_t wrapped = index < 0 ? index + size : index;
  expect(wrapped >= 0 && wrapped < size, "an index is out of range");
  return wrapped;
}

// One index drops the axis: a view.
void takeOne(Frame& frame, const TakeNode& node, int64_t index) {
  const Tensor x = frame.at(node.x);
  const int axis = wrapAxis(node.axis, x.shape.rank);
  Tensor& out = frame.view(node.out, sliced(x, axis, {wrapIndex(index, x.shape[axis]), 1, 1}));
  for (int i = axis; i + 1 < out.shape.rank; ++i)
    out.strides[static_cast<size_t>(i)] = out.strides[static_cast<size_t>(i) + 1];
  out.shape.erase(axis);
}

// A tensor of indices takes the axis's place; the element type in memory stays, so rows of packed weights are only copied.
void takeMany(Frame& frame, const TakeNode& node) {
  Tensor x = frame.at(node.x);
  const Tensor indices = frame.at(node.index.tid);
  const int axis = wrapAxis(node.axis, x.shape.rank);
  if (!x.dense()) x = frame.denseCopy(x);
  Shape shape = x.shape;
  shape.erase(axis);
  for (int i = 0; i < indices.shape.rank; ++i) shape.insert(axis + i, indices.shape[i]);
  int64_t outer = 1;
  auto inner = static_cast<int64_t>(byteSize(x.memory));
  for (int i = 0; i < axis; ++i) outer *= x.shape[i];
  for (int i = axis + 1; i < x.shape.rank; ++i) inner *= x.shape[i];
  const int64_t* rows = frame.integers(indices);
  const int64_t count = indices.count(), size = x.shape[axis];
  const char* source = x.as<const char>();
  char* target = frame.fresh(node.out, x.type, x.memory, shape).as<char>();
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < count; ++i, target += inner)
      std::memcpy(target, source + (o * size + wrapIndex(rows[i], size)) * inner, static_cast<size_t>(inner));
}

void runTake(Frame& frame, const TakeNode& node) {
  if (node.index.kind == IntOrVidOrTid::Tensor) return takeMany(frame, node);
  takeOne(frame, node, node.index.kind == IntOrVidOrTid::Value ? frame.at(node.index.vid).integer : node.index.literal);
}

void runConcatenate(Frame& frame, const ConcatenateNode& node) {
  expect(!node.tensors.empty(), "nothing to concatenate");
  const Tensor first = frame.at(node.tensors[0]);
  const int axis = wrapAxis(node.axis, first.shape.rank);
  Shape shape = first.shape;
  DType type = first.type;
  shape[axis] = 0;
  for (Tid tid : node.tensors) {
    const Tensor& each = frame.at(tid);
    expect(each.shape.rank == first.shape.rank, "concatenated tensors have different ranks");
    shape[axis] += each.shape[axis];
    type = promote(type, each.type);
  }
  Tensor& out = frame.fresh(node.out, type, shape);
  int64_t start = 0;
  for (Tid tid : node.tensors) {
    const Tensor& each = frame.at(tid);
    copyTensor(each, sliced(out, axis, {start, each.shape[axis], 1}));
    start += each.shape[axis];
  }
}

// What a declared 16-bit value is in fp32.
float roundedTo(DType type, float value) {
  if (!isHalf(type)) return value;
  uint16_t half;
  const Tensor rounded = denseTensor(&half, type, type, Shape{1});
  copyTensor(denseTensor(&value, DType::F32, DType::F32, Shape{1}), rounded);
  copyTensor(rounded, denseTensor(&value, DType::F32, DType::F32, Shape{1}));
  return value;
}

void fill(Tensor& out, double value) {
  const int64_t count = out.count();
  if (count == 0) return;
  Tensor one = denseTensor(out.data, out.type, out.memory, Shape{1});
  const float number = roundedTo(out.type, static_cast<float>(value));
  const int64_t integer = wholeNumber(value);
  if (isFloat(out.memory))
    *one.as<float>() = number;
  else
    copyTensor(denseTensor(const_cast<int64_t*>(&integer), DType::I64, DType::I64, Shape{1}), one);
  Tensor rest = denseTensor(out.data, out.type, out.memory, Shape{count - 1});
  rest.advance(1);
  one.shape = rest.shape;
  one.strides[0] = 0;
  copyTensor(one, rest);
}

void runFull(Frame& frame, const FullNode& node) {
  fill(frame.fresh(node.out, static_cast<DType>(node.scalarType), frame.shape(node.shape)), frame.number(node.v));
}

void runFullLike(Frame& frame, const FullLikeNode& node) {
  const Tensor x = frame.at(node.x);
  fill(frame.fresh(node.out, node.scalarType ? static_cast<DType>(*node.scalarType) : x.type, x.shape),
       frame.number(node.v));
}

void runARange(Frame& frame, const ARangeNode& node) {
  const int64_t start = frame.integer(node.start), stop = frame.integer(node.stop), step = frame.integer(node.step);
  expect(step != 0, "a range's step is zero");
  const int64_t span = step > 0 ? stop - start : start - stop, stride = step > 0 ? step : -step;
  const Shape shape{span > 0 ? (span + stride - 1) / stride : 0};
  auto* values = static_cast<int64_t*>(frame.scratch(static_cast<size_t>(shape.count()) * sizeof(int64_t)));
  for (int64_t i = 0; i < shape[0]; ++i) values[i] = start + i * step;
  const DType type = node.scalarType ? static_cast<DType>(*node.scalarType) : DType::I64;
  copyTensor(denseTensor(values, DType::I64, DType::I64, shape), frame.fresh(node.out, type, shape));
}

template <class N> const char* refuseType(const Node& node) {
  if constexpr (std::is_same_v<decltype(N::scalarType), std::optional<int8_t>>) {
    const auto type = static_cast<const N&>(node).scalarType;
    return !type || byteSize(static_cast<DType>(*type)) ? nullptr : "of an unsupported element type";
  } else
    return byteSize(static_cast<DType>(static_cast<const N&>(node).scalarType)) ? nullptr
                                                                                : "of an unsupported element type";
}

} // namespace

void addIndexHandlers(HandlerTable& table) {
  on<&runTake>(table, Effect::View);
  on<&runConcatenate>(table);
  on<&runFull>(table).refuse = refuseType<FullNode>;
  on<&runFullLike>(table).refuse = refuseType<FullLikeNode>;
  on<&runARange>(table).refuse = refuseType<ARangeNode>;
}

} // namespace pteron::mlx
