#include "host_state.h"

#include "bytes_io.h"
#include "failure.h"
#include "tensor.h"

#include <cstdlib>
#include <cstring>

namespace pteron::mlx {

namespace {
constexpr size_t kAlignment = 64;
constexpr uint32_t kMark = 0x54534f48; // "HOST": the other kind of state has another layout
}

StateLayout layoutState(const Graph& graph) {
  StateLayout layout;
  for (uint32_t slot : graph.mutableMap) {
    Shape shape;
    for (int64_t size : graph.meta[slot].shape) shape.push(size);
    layout.offsets.push_back(layout.bytes);
    const size_t bytes = static_cast<size_t>(shape.count()) * byteSize(graph.meta[slot].type);
    layout.bytes += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  }
  return layout;
}

// calloc takes large blocks from the system as zero pages that exist only once touched.
HostState::HostState(const StateLayout& layout)
    : layout_(layout), base_(static_cast<char*>(std::calloc(1, layout.bytes + kAlignment))) {
  if (!base_)
    throw Failure(Error::MemoryAllocationFailed,
                  "no memory for a session's state of " + std::to_string(layout.bytes >> 20) + " MB");
  data_ = base_ + (kAlignment - reinterpret_cast<uintptr_t>(base_) % kAlignment);
}

HostState::~HostState() { std::free(base_); }

std::shared_ptr<State> HostState::copy() const {
  auto other = std::make_shared<HostState>(layout_);
  std::memcpy(other->data_, data_, layout_.bytes);
  other->caches = caches;
  return other;
}

void HostState::save(std::ostream& file) const {
  put(file, kMark);
  file.write(data_, static_cast<std::streamsize>(layout_.bytes));
  caches.save(file);
}

void HostState::restore(std::istream& file) {
  if (get<uint32_t>(file) != kMark) return file.setstate(std::ios::failbit);
  file.read(data_, static_cast<std::streamsize>(layout_.bytes));
  caches.restore(file);
}

} // namespace pteron::mlx
