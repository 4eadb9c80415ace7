#include "constants.h"

#include "copy.h"
#include "failure.h"

#include <cstring>

namespace pteron::mlx {

namespace {
constexpr size_t kAlignment = 16; // what vector loads of the kernels and every element type need
}

Constants::Constants(const Graph& graph, const ::executorch::runtime::NamedDataMap* data) : tensors_(graph.constants) {
  mapped_.reserve(graph.constants);
  for (uint32_t slot = 0; slot < graph.constants; ++slot) {
    const std::string& name = graph.names[slot];
    auto found = data && !name.empty()
                     ? data->get_data(name)
                     : ::executorch::runtime::Result<::executorch::runtime::FreeableBuffer>(Error::NotFound);
    if (!found.ok()) throw Failure(found.error(), "the data of constant \"" + name + "\" is missing");
    Shape shape;
    for (int64_t size : graph.meta[slot].shape) shape.push(size);
    const DType type = graph.meta[slot].type;
    const size_t bytes = static_cast<size_t>(shape.count()) * byteSize(type);
    if (found->size() < bytes)
      throw Failure(Error::InvalidProgram, "constant \"" + name + "\" holds " + std::to_string(found->size()) +
                                               " bytes instead of " + std::to_string(bytes));
    mapped_.push_back(std::move(found.get()));
    void* memory = const_cast<void*>(mapped_.back().data());
    if (reinterpret_cast<uintptr_t>(memory) % kAlignment != 0) memory = own(memory, bytes);
    tensors_[slot] = denseTensor(memory, type, type, shape);
  }
}

void* Constants::own(const void* data, size_t bytes) {
  // operator new[] aligns to 16 bytes or more.
  owned_.push_back(std::make_unique<char[]>(bytes + kAlignment));
  if (data) std::memcpy(owned_.back().get(), data, bytes);
  return owned_.back().get();
}

void Constants::replace(uint32_t slot, const Tensor& value) {
  void* memory = own(nullptr, static_cast<size_t>(value.count()) * byteSize(value.type));
  const Tensor kept = denseTensor(memory, value.type, value.type, value.shape);
  copyTensor(value, kept);
  tensors_[slot] = kept;
}

} // namespace pteron::mlx
