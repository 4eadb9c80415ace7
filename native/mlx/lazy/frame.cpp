#include "frame.h"

#include "../array_limit.h"
#include "../failure.h"
#include "../integer_math.h"

#include <limits>

namespace pteron::mlx::lazy {

namespace {

constexpr int64_t kMostElements = int64_t{1} << 34; // damaged files ask for more

int checked(int64_t size) {
  expect(size >= std::numeric_limits<int>::min() && size <= std::numeric_limits<int>::max(), "a size is out of range");
  return static_cast<int>(size);
}

} // namespace

const mx::array& Frame::at(Tid tid) const {
  const std::optional<mx::array>& array = arrays_.at(tid.idx);
  expect(array.has_value(), "a tensor is read that nothing has written");
  return *array;
}

std::optional<mx::array> Frame::maybe(const std::optional<Tid>& tid) const {
  return tid ? std::optional<mx::array>(at(*tid)) : std::nullopt;
}

std::vector<mx::array> Frame::unevaluated() const {
  std::vector<mx::array> pending;
  for (const std::optional<mx::array>& each : arrays_)
    if (each && !each->is_available()) pending.push_back(*each);
  return pending;
}

void Frame::set(Tid tid, mx::array array) {
  if (array.nbytes() > mostArrayBytes)
    throw Failure(Error::MemoryAllocationFailed, "an array of " + std::to_string(array.nbytes()) + " bytes is too large");
  arrays_[tid.idx] = std::move(array);
}

int64_t Frame::integer(Vid vid) const {
  const Value& value = at(vid);
  if (const double* number = std::get_if<double>(&value)) return wholeNumber(*number);
  return std::visit([](auto whole) { return static_cast<int64_t>(whole); }, value);
}

double Frame::number(Vid vid) const {
  return std::visit([](auto value) { return static_cast<double>(value); }, at(vid));
}

int Frame::size(const IntOrVid& choice) const { return checked(integer(choice)); }

mx::Shape Frame::shape(const std::vector<IntOrVid>& sizes) const {
  mx::Shape shape;
  int64_t count = 1;
  for (const IntOrVid& each : sizes) {
    shape.push_back(size(each));
    count *= std::max(shape.back(), 1);
    expect(count <= kMostElements, "a tensor is too large");
  }
  return shape;
}

} // namespace pteron::mlx::lazy
