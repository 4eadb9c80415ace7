#include "tensor.h"

#include "failure.h"

#include <algorithm>

namespace pteron::mlx {

void Shape::push(int64_t size) { insert(rank, size); }

void Shape::insert(int axis, int64_t size) {
  expect(rank < kMaxRank, "a tensor has more than 8 dimensions");
  for (int i = rank; i > axis; --i) (*this)[i] = (*this)[i - 1];
  (*this)[axis] = size;
  ++rank;
}

void Shape::erase(int axis) {
  for (int i = axis; i + 1 < rank; ++i) (*this)[i] = (*this)[i + 1];
  --rank;
}

int64_t Shape::count() const {
  constexpr int64_t kMost = int64_t{1} << 40;
  int64_t product = 1;
  for (int i = 0; i < rank; ++i) {
    const int64_t size = (*this)[i];
    expect(size >= 0, "a tensor has a negative dimension");
    if (size == 0) return 0;
    expect(product <= kMost / size, "a tensor is too large");
    product *= size;
  }
  return product;
}

bool Shape::operator==(const Shape& other) const {
  return rank == other.rank && std::equal(dims.begin(), dims.begin() + rank, other.dims.begin());
}

std::string Shape::text() const {
  std::string text = "[";
  for (int i = 0; i < rank; ++i) text += (i ? ", " : "") + std::to_string((*this)[i]);
  return text + "]";
}

bool Tensor::dense() const {
  int64_t expected = 1;
  for (int i = shape.rank - 1; i >= 0; --i) {
    if (shape[i] == 1) continue;
    if (shape[i] == 0) return true;
    if (strides[static_cast<size_t>(i)] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

Strides denseStrides(const Shape& shape) {
  Strides strides{};
  if (shape.count() == 0) return strides; // beside a zero, the others may be of any size
  int64_t step = 1;
  for (int i = shape.rank - 1; i >= 0; --i) {
    strides[static_cast<size_t>(i)] = step;
    step *= shape[i];
  }
  return strides;
}

Tensor denseTensor(void* data, DType type, DType memory, const Shape& shape) {
  return {data, type, memory, shape, denseStrides(shape)};
}

int wrapAxis(int64_t axis, int rank) {
  const int64_t wrapped = axis < 0 ? axis + rank : axis;
  expect(wrapped >= 0 && wrapped < rank, "an axis is out of range");
  return static_cast<int>(wrapped);
}

Shape broadcast(const Shape& a, const Shape& b) {
  Shape shape;
  shape.rank = std::max(a.rank, b.rank);
  for (int i = 1; i <= shape.rank; ++i) {
    const int64_t x = i <= a.rank ? a[a.rank - i] : 1, y = i <= b.rank ? b[b.rank - i] : 1;
    if (x != y && x != 1 && y != 1)
      throw Failure(Error::InvalidArgument, "shapes " + a.text() + " and " + b.text() + " do not broadcast");
    shape[shape.rank - i] = x == 1 ? y : x;
  }
  return shape;
}

Strides broadcastStrides(const Tensor& tensor, const Shape& shape) {
  Strides strides{};
  const int lead = shape.rank - tensor.shape.rank;
  for (int i = 0; i < tensor.shape.rank; ++i) {
    const bool same = lead >= 0 && tensor.shape[i] == shape[lead + i];
    if (!same && (lead < 0 || tensor.shape[i] != 1))
      throw Failure(Error::InvalidArgument, "shape " + tensor.shape.text() + " does not broadcast to " + shape.text());
    strides[static_cast<size_t>(lead + i)] = tensor.shape[i] == 1 ? 0 : tensor.strides[static_cast<size_t>(i)];
  }
  return strides;
}

bool reshapeStrides(const Tensor& tensor, const Shape& shape, Strides& strides) {
  if (tensor.dense()) {
    strides = denseStrides(shape);
    return true;
  }
  // Runs of old dimensions that are contiguous with each other are matched with runs of new ones of the same count.
  int next = 0;
  for (int old = 0; old < tensor.shape.rank;) {
    int64_t size = tensor.shape[old];
    int end = old + 1;
    const int first = next;
    int64_t covered = 1;
    while (next < shape.rank && (covered < size || end < tensor.shape.rank)) {
      if (covered < size)
        covered *= shape[next++];
      else if (covered == size)
        break;
      else {
        const auto a = static_cast<size_t>(end - 1), b = static_cast<size_t>(end);
        if (tensor.strides[a] != tensor.shape[end] * tensor.strides[b]) return false;
        size *= tensor.shape[end++];
      }
    }
    if (covered != size) return false;
    int64_t step = tensor.strides[static_cast<size_t>(end - 1)];
    for (int i = next - 1; i >= first; --i) {
      strides[static_cast<size_t>(i)] = step;
      step *= shape[i];
    }
    old = end;
  }
  for (; next < shape.rank; ++next) strides[static_cast<size_t>(next)] = 1;
  return true;
}

} // namespace pteron::mlx
