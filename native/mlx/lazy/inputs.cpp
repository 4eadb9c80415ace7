#include "inputs.h"

#include "../failure.h"
#include "../input_set.h"
#include "../runtime_tensor.h"
#include "device_copy.h"
#include "dtypes.h"

#include <algorithm>
#include <cstring>

namespace pteron::mlx::lazy {

namespace {

using ::executorch::runtime::EValue;

constexpr size_t kLargeBytes = 4096;

mx::array copied(const void* data, const mx::Shape& shape, mx::Dtype type, size_t bytes) {
  auto* memory = new char[bytes + 1];
  if (bytes > 0) std::memcpy(memory, data, bytes);
  return mx::array(memory, shape, type, [](void* each) { delete[] static_cast<char*>(each); });
}

size_t bytesOf(const Tensor& tensor) { return static_cast<size_t>(tensor.count()) * byteSize(tensor.memory); }

mx::array copied(const Tensor& tensor) {
  return copied(tensor.data, toMlx(tensor.shape), toMlx(tensor.memory), bytesOf(tensor));
}

mx::array onDevice(const mx::array& array, mx::Stream stream) {
  return stream.device == mx::Device::gpu ? uploaded({array}, stream).front() : array;
}

char* content(const mx::array& array) { return const_cast<mx::array&>(array).data<char>(); }

bool sameContent(const mx::array& a, const mx::array& b) {
  return std::memcmp(content(a), content(b), a.nbytes()) == 0;
}

template <class T> void step(const mx::array& now, const mx::array& before, const mx::array& next) {
  const T *last = now.data<T>(), *first = before.data<T>();
  T* out = const_cast<mx::array&>(next).data<T>();
  for (size_t i = 0; i < now.size(); ++i) out[i] = static_cast<T>(2 * static_cast<uint64_t>(last[i]) - first[i]);
}

} // namespace

const Inputs::Input* Inputs::kept(size_t index, const Tensor& tensor) const {
  const Input& input = inputs_[index];
  const bool same = input.large() && input.source == tensor.data && input.array->shape() == toMlx(tensor.shape) &&
                    input.array->dtype() == toMlx(tensor.memory);
  return same ? &input : nullptr;
}

Inputs Inputs::of(const Graph& graph, ::executorch::runtime::Span<EValue*> values, const Inputs* before, mx::Stream stream) {
  Inputs all;
  all.set_ = InputSet::active();
  const bool known = before && all.set_ != 0 && before->set_ == all.set_;
  for (size_t i = 0; i < graph.inputMap.size(); ++i) {
    const EValue& value = *values[i];
    Input& input = all.inputs_.emplace_back();
    if (graph.inputMap[i].isTensor && value.isTensor()) {
      const Tensor tensor = fromEt(value.toTensor());
      if (const Input* same = known ? before->kept(i, tensor) : nullptr) {
        input = *same;
      } else {
        input.array = copied(tensor);
        if (bytesOf(tensor) < kLargeBytes || !isFloat(tensor.memory)) continue; // tokens lie in the same place at every call
        input.source = tensor.data;
        if (all.set_ != 0) input.array = onDevice(*input.array, stream);
      }
    } else if (!graph.inputMap[i].isTensor && value.isInt())
      input.value = value.toInt();
    else if (!graph.inputMap[i].isTensor && value.isDouble())
      input.value = value.toDouble();
    else if (!graph.inputMap[i].isTensor && value.isBool())
      input.value = value.toBool();
    else
      throw Failure(Error::InvalidArgument, "input " + std::to_string(i) + " is not of the declared kind");
  }
  return all;
}

void Inputs::bind(const Graph& graph, Frame& frame) const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const uint32_t slot = graph.inputMap[i].idx;
    if (inputs_[i].array)
      frame.set(Tid{slot}, *inputs_[i].array);
    else
      frame.set(Vid{slot}, inputs_[i].value);
  }
}

bool Inputs::alike(const Inputs& other) const {
  const auto same = [](const Input& a, const Input& b) {
    if (!a.array || !b.array) return !a.array && !b.array && a.value == b.value;
    return a.array->shape() == b.array->shape() && a.array->dtype() == b.array->dtype();
  };
  return std::equal(inputs_.begin(), inputs_.end(), other.inputs_.begin(), other.inputs_.end(), same);
}

size_t Inputs::newBytes(const Inputs& before) const {
  size_t sum = 0;
  for (size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i].array && inputs_[i].array->id() != before.inputs_[i].array->id()) sum += inputs_[i].array->nbytes();
  return sum;
}

Inputs Inputs::extrapolated(const Inputs& before) const {
  Inputs next;
  next.set_ = set_;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    Input& input = next.inputs_.emplace_back(inputs_[i]);
    if (!input.array || input.large()) continue;
    const mx::array &now = *inputs_[i].array, &last = *before.inputs_[i].array;
    input.array = copied(content(now), now.shape(), now.dtype(), now.nbytes());
    if (now.dtype() == mx::int64) step<int64_t>(now, last, *input.array);
    if (now.dtype() == mx::int32) step<int32_t>(now, last, *input.array);
  }
  return next;
}

bool Inputs::standFor(const Inputs& actual, const std::vector<std::uintptr_t>& read) const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const std::optional<mx::array>& array = inputs_[i].array;
    if (inputs_[i].large()) {
      if (array->id() != actual.inputs_[i].array->id()) return false;
      continue;
    }
    const bool matters = array && std::find(read.begin(), read.end(), array->id()) != read.end();
    if (matters && !sameContent(*array, *actual.inputs_[i].array)) return false;
  }
  return true;
}

void Inputs::fill(const Inputs& actual) {
  for (size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i].array && !inputs_[i].large())
      std::memcpy(content(*inputs_[i].array), content(*actual.inputs_[i].array), inputs_[i].array->nbytes());
}

} // namespace pteron::mlx::lazy
