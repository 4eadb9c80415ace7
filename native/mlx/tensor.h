// A tensor between nodes: a strided view of memory that somebody else owns.
#pragma once

#include "dtype.h"
#include "graph.h"

#include <array>
#include <initializer_list>
#include <string>

namespace pteron::mlx {

// Dimensions of a tensor, outermost first, without a heap allocation.
struct Shape {
  int rank = 0;
  std::array<int64_t, kMaxRank> dims{};

  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) {
    for (int64_t size : sizes) push(size);
  }
  // Throws where the rank would pass kMaxRank.
  void push(int64_t size);
  void insert(int axis, int64_t size);
  void erase(int axis);
  int64_t operator[](int axis) const { return dims[static_cast<size_t>(axis)]; }
  int64_t& operator[](int axis) { return dims[static_cast<size_t>(axis)]; }
  int64_t last() const { return rank ? dims[static_cast<size_t>(rank) - 1] : 1; }
  // Throws where it does not fit 2^40 elements: nothing here works on such tensors, and damaged files ask for them.
  int64_t count() const;
  bool operator==(const Shape& other) const;
  std::string text() const; // "[1, 640]"
};

using Strides = std::array<int64_t, kMaxRank>;

struct Tensor {
  void* data = nullptr;
  DType type = DType::F32;   // as the graph declares it
  DType memory = DType::F32; // as it lies in memory
  Shape shape;
  Strides strides{}; // in elements

  int64_t count() const { return shape.count(); }
  bool dense() const;
  template <class T> T* as() const { return static_cast<T*>(data); }
  // The same memory from element `offset` on.
  void advance(int64_t offset) { data = static_cast<char*>(data) + offset * static_cast<int64_t>(byteSize(memory)); }
};

Strides denseStrides(const Shape& shape);
// A dense tensor of that memory.
Tensor denseTensor(void* data, DType type, DType memory, const Shape& shape);
// Axis in 0 … rank - 1 of one that may count from the end; throws where it is out of range.
int wrapAxis(int64_t axis, int rank);
// The shape that both broadcast to; throws where they do not.
Shape broadcast(const Shape& a, const Shape& b);
// Strides that walk `tensor` as if it had `shape` (0 where it repeats); throws where it does not broadcast to it.
Strides broadcastStrides(const Tensor& tensor, const Shape& shape);
// Strides of `tensor` seen as `shape` (same count), or false where only a copy can be.
bool reshapeStrides(const Tensor& tensor, const Shape& shape, Strides& strides);

} // namespace pteron::mlx
