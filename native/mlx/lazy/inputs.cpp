#include "inputs.h"

#include "../failure.h"
#include "../runtime_tensor.h"
#include "dtypes.h"

#include <algorithm>
#include <cstring>

namespace pteron::mlx::lazy {

namespace {

using ::executorch::runtime::EValue;

mx::array copied(const void* data, const mx::Shape& shape, mx::Dtype type, size_t bytes) {
  auto* memory = new char[bytes + 1];
  if (bytes > 0) std::memcpy(memory, data, bytes);
  return mx::array(memory, shape, type, [](void* each) { delete[] static_cast<char*>(each); });
}

mx::array copied(const Tensor& tensor) {
  const auto bytes = static_cast<size_t>(tensor.count()) * byteSize(tensor.memory);
  return copied(tensor.data, toMlx(tensor.shape), toMlx(tensor.memory), bytes);
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

Inputs Inputs::of(const Graph& graph, ::executorch::runtime::Span<EValue*> values) {
  Inputs all;
  for (size_t i = 0; i < graph.inputMap.size(); ++i) {
    const EValue& value = *values[i];
    Input& input = all.inputs_.emplace_back();
    if (graph.inputMap[i].isTensor && value.isTensor())
      input.array = copied(fromEt(value.toTensor()));
    else if (!graph.inputMap[i].isTensor && value.isInt())
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

size_t Inputs::bytes() const {
  size_t sum = 0;
  for (const Input& input : inputs_) sum += input.array ? input.array->nbytes() : 0;
  return sum;
}

Inputs Inputs::extrapolated(const Inputs& before) const {
  Inputs next;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    Input& input = next.inputs_.emplace_back(Input{std::nullopt, inputs_[i].value});
    if (!inputs_[i].array) continue;
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
    const bool matters = array && std::find(read.begin(), read.end(), array->id()) != read.end();
    if (matters && !sameContent(*array, *actual.inputs_[i].array)) return false;
  }
  return true;
}

void Inputs::fill(const Inputs& actual) {
  for (size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i].array)
      std::memcpy(content(*inputs_[i].array), content(*actual.inputs_[i].array), inputs_[i].array->nbytes());
}

} // namespace pteron::mlx::lazy
