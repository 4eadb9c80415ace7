// Shapes, strides, type promotion and converting copies.
#include "copy.h"
#include "check.h"
#include "failure.h"
#include "slice.h"
#include "tensor.h"

#include <numeric>
#include <vector>

using namespace pteron::mlx;

namespace {

Tensor transposed(Tensor tensor, int a, int b) {
  std::swap(tensor.shape[a], tensor.shape[b]);
  std::swap(tensor.strides[static_cast<size_t>(a)], tensor.strides[static_cast<size_t>(b)]);
  return tensor;
}

template <class Fn> bool throws(Fn&& fn) {
  try {
    fn();
  } catch (const Failure&) {
    return true;
  }
  return false;
}

void testReshape() {
  std::vector<float> data(2 * 3 * 4 * 5);
  const Tensor x = denseTensor(data.data(), DType::F32, DType::F32, Shape{2, 3, 4, 5});
  Strides strides{};
  CHECK(reshapeStrides(x, Shape{6, 20}, strides) && strides[0] == 20 && strides[1] == 1);
  // [2, 4, 3, 5] from heads and rows swapped: the outer and inner dimensions may still be split or joined with ones.
  const Tensor swapped = transposed(x, 1, 2);
  CHECK(!swapped.dense());
  CHECK(reshapeStrides(swapped, Shape{1, 2, 4, 3, 5, 1}, strides) && strides[1] == 60 && strides[2] == 5 &&
        strides[3] == 20);
  CHECK(!reshapeStrides(swapped, Shape{2, 12, 5}, strides));
  // One row: swapping heads and rows moves nothing.
  const Tensor row = denseTensor(data.data(), DType::F32, DType::F32, Shape{1, 4, 1, 30});
  CHECK(transposed(row, 1, 2).dense());
  CHECK(throws([] { Shape{int64_t{1} << 30, int64_t{1} << 30}.count(); }));
  CHECK(throws([] { Shape{-1}.count(); }));
}

void testCopies() {
  std::vector<float> from(24), to(24, -1);
  std::iota(from.begin(), from.end(), 0.0f);
  const Tensor x = transposed(denseTensor(from.data(), DType::F32, DType::F32, Shape{2, 3, 4}), 0, 2);
  copyTensor(x, denseTensor(to.data(), DType::F32, DType::F32, x.shape));
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i)
        CHECK(to[static_cast<size_t>((k * 3 + j) * 2 + i)] == static_cast<float>((i * 3 + j) * 4 + k));
  // Rows of a cache in bf16: 1.00390625 lies between two of its values and rounds to the even one.
  const float row[] = {1.5f, -2, 1.00390625f, 3.140625f};
  uint16_t cache[16] = {};
  const Tensor target = sliced(denseTensor(cache, DType::BF16, DType::BF16, Shape{1, 4, 4}), 1, {2, 1, 1});
  copyTensor(denseTensor(const_cast<float*>(row), DType::F32, DType::F32, Shape{1, 1, 4}), target);
  CHECK(cache[8] == 0x3fc0 && cache[9] == 0xc000 && cache[10] == 0x3f80 && cache[11] == 0x4049 && cache[7] == 0 &&
        cache[12] == 0);
  const int32_t numbers[] = {0, 1, -7};
  int64_t wide[3];
  bool truth[3];
  copyTensor(denseTensor(const_cast<int32_t*>(numbers), DType::I32, DType::I32, Shape{3}),
             denseTensor(wide, DType::I64, DType::I64, Shape{3}));
  copyTensor(denseTensor(wide, DType::I64, DType::I64, Shape{3}),
             denseTensor(truth, DType::Bool, DType::Bool, Shape{3}));
  CHECK(wide[2] == -7 && !truth[0] && truth[1] && truth[2]);
}

void testBroadcast() {
  CHECK((broadcast(Shape{4, 1, 3}, Shape{5, 1}) == Shape{4, 5, 3}));
  CHECK(throws([] { broadcast(Shape{2}, Shape{3}); }));
  const Tensor column = denseTensor(nullptr, DType::F32, DType::F32, Shape{5, 1});
  const Strides strides = broadcastStrides(column, Shape{4, 5, 3});
  CHECK(strides[0] == 0 && strides[1] == 1 && strides[2] == 0);
  CHECK(throws([&] { broadcastStrides(column, Shape{4, 3}); }));
}

void testSlices() {
  CHECK(sliceRange(10, -3, 100, 1).start == 7 && sliceRange(10, -3, 100, 1).count == 3);
  CHECK(sliceRange(10, 8, 2, 1).count == 0 && sliceRange(10, 1, 10, 4).count == 3);
}

void testPromotion() {
  using enum DType;
  CHECK(promote(BF16, F32) == F32 && promote(BF16, F16) == F32 && promote(I64, BF16) == BF16 &&
        promote(Bool, I32) == I32);
  CHECK(promote(U8, I8) == I16 && promote(U32, I64) == I64 && promote(I32, I64) == I64);
}

} // namespace

int main() {
  testReshape();
  testCopies();
  testBroadcast();
  testSlices();
  testPromotion();
  std::puts("layout: ok");
}
