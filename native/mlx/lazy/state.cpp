#include "../bytes_io.h"
#include "../host_state.h"
#include "device_copy.h"
#include "dtypes.h"
#include "executor.h"

#include <mlx/ops.h>
#include <mlx/transforms.h>

#include <algorithm>
#include <optional>

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

namespace {

constexpr uint32_t kMark = 0x59415241; // "ARAY"

void put(std::ostream& file, const mx::array& array, mx::Stream stream) {
  mx::array copy = ownCopy(array, stream); // reading a GPU's array moves it to the host's memory for good
  mx::eval(copy);
  file.write(copy.data<char>(), static_cast<std::streamsize>(copy.nbytes()));
}

// Four sizes; nothing where the file could not hold such rows.
std::optional<mx::Shape> shapeWithin(std::istream& file) {
  const int64_t most = remaining(file);
  int64_t count = 1;
  mx::Shape shape;
  for (int axis = 0; axis < 4; ++axis) {
    const auto size = mlx::get<int64_t>(file);
    if (size < 0 || size > most || size > INT32_MAX) return std::nullopt;
    count *= std::max<int64_t>(size, 1);
    if (count > most) return std::nullopt;
    shape.push_back(static_cast<int>(size));
  }
  return shape;
}

// Fails the stream where it does not hold that much.
mx::array get(std::istream& file, const mx::Shape& shape, mx::Dtype type) {
  size_t bytes = type.size();
  for (int size : shape) bytes *= static_cast<size_t>(size);
  auto* memory = new char[bytes + 1];
  file.read(memory, static_cast<std::streamsize>(bytes));
  return mx::array(memory, shape, type, [](void* data) { delete[] static_cast<char*>(data); });
}

} // namespace

void ArrayState::save(std::ostream& file) const {
  mlx::put(file, kMark);
  for (const mx::array& each : arrays_.empty() ? zeros() : arrays_) put(file, each, stream_);
  mlx::put(file, static_cast<int64_t>(caches.layers.size()));
  for (const auto& [id, layer] : caches.layers) {
    mlx::put(file, id);
    mlx::put(file, static_cast<int64_t>(layer.used));
    for (const mx::array* rows : {&layer.k, &layer.v}) {
      mlx::put(file, fromMlx(rows->dtype()));
      for (int size : rows->shape()) mlx::put(file, static_cast<int64_t>(size));
      put(file, *rows, stream_);
    }
  }
}

void ArrayState::restore(std::istream& file) {
  const auto fail = [&] { file.setstate(std::ios::failbit); };
  if (mlx::get<uint32_t>(file) != kMark) return fail();
  std::vector<mx::array> arrays;
  for (const mx::array& each : zeros()) arrays.push_back(get(file, each.shape(), each.dtype()));
  OffGraphCache read;
  const auto count = mlx::get<int64_t>(file);
  for (int64_t i = 0; i < count && file; ++i) {
    const auto id = mlx::get<int64_t>(file), used = mlx::get<int64_t>(file);
    std::vector<mx::array> rows;
    for (int part = 0; part < 2 && file; ++part) {
      const auto type = mlx::get<DType>(file);
      const std::optional<mx::Shape> shape = shapeWithin(file);
      if (!shape || !isFloat(type) || used < 0 || used > (*shape)[2]) return fail();
      rows.push_back(get(file, *shape, toMlx(type)));
    }
    if (file) read.layers.emplace(id, OffGraphLayer{rows[0], rows[1], static_cast<int>(used)});
  }
  if (!file) return; // the caller reports it
  forget();
  arrays_ = std::move(arrays);
  caches = std::move(read);
}

} // namespace pteron::mlx::lazy
