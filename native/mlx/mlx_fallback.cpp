#include "mlx_fallback.h"

#include "copy.h"
#include "failure.h"

#include <mlx/ops.h>
#include <mlx/transforms.h>

#include <limits>
#include <mutex>

namespace pteron::mlx {

namespace {

mx::Dtype mlxType(DType type) {
  switch (type) {
  case DType::U8: return mx::uint8;
  case DType::I8: return mx::int8;
  case DType::I16: return mx::int16;
  case DType::I32: return mx::int32;
  case DType::I64: return mx::int64;
  case DType::F16: return mx::float16;
  case DType::F32: return mx::float32;
  case DType::Bool: return mx::bool_;
  case DType::BF16: return mx::bfloat16;
  case DType::U16: return mx::uint16;
  case DType::U32: return mx::uint32;
  case DType::U64: return mx::uint64;
  }
  throw Failure(Error::InvalidType, "libmlx has no such element type");
}

DType fromMlx(mx::Dtype type) {
  for (DType each : {DType::U8, DType::I8, DType::I16, DType::I32, DType::I64, DType::F16, DType::F32, DType::Bool,
                     DType::BF16, DType::U16, DType::U32, DType::U64})
    if (mlxType(each) == type) return each;
  throw Failure(Error::InvalidType, "libmlx made an element type that the runtime does not have");
}

// libmlx's streams belong to threads; this one serves all, one at a time.
struct Evaluator {
  std::mutex mutex;
  mx::Stream stream = mx::new_thread_unsafe_stream(mx::Device::cpu);
};

Evaluator& evaluator() {
  static Evaluator instance;
  return instance;
}

} // namespace

mx::array toArray(Frame& frame, const Tensor& tensor) {
  const Tensor dense = tensor.dense() ? tensor : frame.denseCopy(tensor);
  mx::Shape shape;
  for (int i = 0; i < dense.shape.rank; ++i) {
    expect(dense.shape[i] <= std::numeric_limits<int32_t>::max(), "a tensor is too large for libmlx");
    shape.push_back(static_cast<int32_t>(dense.shape[i]));
  }
  return mx::array(dense.data, std::move(shape), mlxType(dense.memory), [](void*) {});
}

void evaluate(Frame& frame, Tid out, DType type, const std::function<mx::array(mx::StreamOrDevice)>& compute) {
  Evaluator& shared = evaluator();
  const std::lock_guard lock(shared.mutex);
  mx::array result = mx::contiguous(compute(shared.stream), false, shared.stream);
  mx::eval(result);
  const DType memory = fromMlx(result.dtype());
  Shape shape;
  for (int i = 0; i < static_cast<int>(result.ndim()); ++i) shape.push(result.shape(i));
  Tensor& target = frame.fresh(out, isFloat(type) == isFloat(memory) && isFloat(type) ? type : memory, shape);
  copyTensor(denseTensor(result.data<char>(), memory, memory, shape), target);
}

} // namespace pteron::mlx
