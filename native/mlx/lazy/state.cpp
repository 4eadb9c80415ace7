#include "../failure.h"
#include "../host_state.h"
#include "device_copy.h"
#include "dtypes.h"
#include "executor.h"

#include <mlx/ops.h>
#include <mlx/transforms.h>

#include <istream>
#include <ostream>

namespace pteron::mlx::lazy {

std::vector<mx::array> ArrayState::zeros() const {
  std::vector<mx::array> arrays;
  for (uint32_t slot : graph_.mutableMap) {
    mx::Shape shape;
    for (int64_t size : graph_.meta[slot].shape) shape.push_back(static_cast<int>(size));
    arrays.push_back(mx::zeros(shape, toMlx(graph_.meta[slot].type), stream_));
  }
  return arrays;
}

std::vector<mx::array> ArrayState::take() {
  if (arrays_.empty()) return zeros();
  return std::exchange(arrays_, {});
}

void ArrayState::forget() {
  arrays_.clear();
  last.reset();
  next.reset();
}

// Arrays never change once they are shared: libmlx copies what has two owners before it updates it.
std::shared_ptr<State> ArrayState::copy() const {
  auto other = std::make_shared<ArrayState>(graph_, stream_);
  other->arrays_ = arrays_;
  other->caches = caches;
  return other;
}

void ArrayState::save(std::ostream& file) const {
  for (mx::array each : arrays_.empty() ? zeros() : arrays_) {
    each = ownCopy(each, stream_); // reading a GPU's array moves it to the host's memory for good
    mx::eval(each);
    file.write(each.data<char>(), static_cast<std::streamsize>(each.nbytes()));
  }
}

void ArrayState::restore(std::istream& file) {
  std::vector<mx::array> arrays = zeros();
  for (mx::array& each : arrays) {
    std::vector<char> bytes(each.nbytes());
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file) return; // the caller reports it
    const auto release = [](void* data) { delete[] static_cast<char*>(data); };
    auto* memory = new char[bytes.size() + 1];
    std::copy(bytes.begin(), bytes.end(), memory);
    each = mx::array(memory, each.shape(), each.dtype(), release);
  }
  forget();
  arrays_ = std::move(arrays);
}

} // namespace pteron::mlx::lazy
