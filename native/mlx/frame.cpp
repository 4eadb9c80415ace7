#include "frame.h"

#include "copy.h"
#include "failure.h"

namespace pteron::mlx {

namespace {
// Norm weights and the like are kept in fp32; large matrices are read in their own type instead.
constexpr int64_t kLargestKeptConstant = 1 << 20;
} // namespace

Frame::Frame(cpu::ThreadPool& pool, size_t versions, size_t values)
    : pool_(pool), tensors_(versions), owners_(versions, nullptr), values_(values) {}

Frame::~Frame() = default;

Shape Frame::shape(const std::vector<IntOrVid>& sizes) {
  Shape shape;
  for (const IntOrVid& size : sizes) shape.push(integer(size));
  return shape;
}

Tensor& Frame::fresh(Tid out, DType type, DType memory, const Shape& shape) {
  const int output = directOutputs ? (*directOutputs)[out.idx] : -1;
  void* data = output >= 0 ? outputMemory(outputContext, output, memory, shape) : nullptr;
  if (!data) return temporary(out, type, memory, shape);
  return tensors_[out.idx] = denseTensor(data, type, memory, shape);
}

Tensor& Frame::temporary(Tid out, DType type, DType memory, const Shape& shape) {
  const auto bytes = static_cast<size_t>(shape.count()) * byteSize(memory);
  release(out.idx);
  owners_[out.idx] = blocks_.take(bytes);
  return tensors_[out.idx] = denseTensor(owners_[out.idx]->data, type, memory, shape);
}

void* Frame::scratch(size_t bytes) {
  scratch_.push_back(blocks_.take(bytes));
  return scratch_.back()->data;
}

const float* Frame::floats(Tid tid) {
  const Tensor& tensor = at(tid);
  if (tid.idx >= constants || (tensor.memory == DType::F32 && tensor.dense()) || tensor.count() > kLargestKeptConstant)
    return floats(tensor);
  Block*& kept = floatConstants_[tid.idx];
  if (!kept) {
    kept = blocks_.take(static_cast<size_t>(tensor.count()) * sizeof(float));
    copyTensor(tensor, denseTensor(kept->data, DType::F32, DType::F32, tensor.shape));
  }
  return static_cast<const float*>(kept->data);
}

const float* Frame::floats(const Tensor& tensor) {
  if (tensor.memory == DType::F32 && tensor.dense()) return tensor.as<const float>();
  void* data = scratch(static_cast<size_t>(tensor.count()) * sizeof(float));
  copyTensor(tensor, denseTensor(data, DType::F32, DType::F32, tensor.shape));
  return static_cast<const float*>(data);
}

const int64_t* Frame::integers(const Tensor& tensor) {
  if (tensor.memory == DType::I64 && tensor.dense()) return tensor.as<const int64_t>();
  void* data = scratch(static_cast<size_t>(tensor.count()) * sizeof(int64_t));
  copyTensor(tensor, denseTensor(data, DType::I64, DType::I64, tensor.shape));
  return static_cast<const int64_t*>(data);
}

Tensor Frame::denseCopy(const Tensor& tensor) {
  void* data = scratch(static_cast<size_t>(tensor.count()) * byteSize(tensor.memory));
  const Tensor copy = denseTensor(data, tensor.type, tensor.memory, tensor.shape);
  copyTensor(tensor, copy);
  return copy;
}

void Frame::release(uint32_t version) {
  if (!owners_[version]) return;
  blocks_.give(owners_[version]);
  owners_[version] = nullptr;
}

void Frame::releaseAll() {
  for (uint32_t version = 0; version < owners_.size(); ++version) release(version);
}

void Frame::endNode() {
  for (Block* block : scratch_) blocks_.give(block);
  scratch_.clear();
}

} // namespace pteron::mlx
