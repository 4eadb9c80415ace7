// The public functions that work on rows or elements: they only split.
#include "kernel_table.h"
#include "scratch.h"
#include "thread_pool.h"

#include <algorithm>
#include <cmath>

namespace pteron::cpu {
namespace {

constexpr int64_t kElements = 8 << 10; // about 2 µs of work

int64_t rowGrain(int64_t dim) { return std::max<int64_t>(1, kElements / std::max<int64_t>(dim, 1)); }

} // namespace

void rmsNorm(ThreadPool& pool, const float* x, const float* weight, float* y, int64_t rows, int64_t dim, float eps) {
  pool.parallelFor(rows, rowGrain(dim), [&](int64_t begin, int64_t end) {
    kernels().rmsNorm(x + begin * dim, weight, y + begin * dim, end - begin, dim, eps);
  });
}

void layerNorm(ThreadPool& pool, const float* x, const LayerNorm& norm, float* y, int64_t rows, int64_t dim) {
  pool.parallelFor(rows, rowGrain(dim), [&](int64_t begin, int64_t end) {
    kernels().layerNorm(x + begin * dim, norm, y + begin * dim, end - begin, dim);
  });
}

void softmax(ThreadPool& pool, const float* x, float* y, int64_t rows, int64_t dim) {
  if (dim <= 0) return;
  pool.parallelFor(rows, rowGrain(dim), [&](int64_t begin, int64_t end) {
    kernels().softmax(x + begin * dim, y + begin * dim, end - begin, dim);
  });
}

void rope(ThreadPool& pool, const Rope& r) {
  const int64_t half = r.dims / 2;
  const ScratchBlock block(static_cast<size_t>(half) * sizeof(float));
  float* inverse = block.floats();
  for (int64_t i = 0; i < half; ++i)
    inverse[i] = r.freqs != nullptr ? 1.0f / r.freqs[i]
                                    : static_cast<float>(std::exp(-std::log(double{r.base}) * static_cast<double>(i) /
                                                                  static_cast<double>(half)));
  pool.parallelFor(r.rows, rowGrain(r.heads * r.dim), [&](int64_t begin, int64_t end) {
    const ScratchBlock angles(static_cast<size_t>(2 * half) * sizeof(float));
    float *cosines = angles.floats(), *sines = cosines + half;
    for (int64_t row = begin; row < end; ++row) {
      kernels().ropeAngles(static_cast<float>(r.offset + row) * r.scale, inverse, cosines, sines, half);
      for (int64_t head = 0; head < r.heads; ++head)
        kernels().ropeRow(r, r.x + head * r.xHeadStride + row * r.xRowStride,
                          r.y + head * r.yHeadStride + row * r.yRowStride, cosines, sines);
    }
  });
}

void gatedDelta(ThreadPool& pool, const GatedDelta& call) {
  pool.parallelFor(call.valueHeads * call.valueDim, rowGrain(call.keyDim * call.tokens),
                   [&](int64_t begin, int64_t end) { kernels().gatedDelta(call, begin, end); });
}

void unary(ThreadPool& pool, Unary op, const float* x, float* y, int64_t count) {
  pool.parallelFor(count, kElements,
                   [&](int64_t begin, int64_t end) { kernels().unary(op, x + begin, y + begin, end - begin); });
}

void gated(ThreadPool& pool, Unary op, const float* gate, const float* up, float* y, int64_t count) {
  pool.parallelFor(count, kElements, [&](int64_t begin, int64_t end) {
    kernels().gated(op, gate + begin, up + begin, y + begin, end - begin);
  });
}

void binary(ThreadPool& pool, Binary op, const float* a, const float* b, float* y, int64_t count, int64_t bCount) {
  if (count <= 0 || bCount <= 0) return;
  if (bCount == count || bCount == 1) {
    pool.parallelFor(count, kElements, [&](int64_t begin, int64_t end) {
      if (bCount == 1)
        kernels().binaryScalar(op, a + begin, *b, y + begin, end - begin);
      else
        kernels().binary(op, a + begin, b + begin, y + begin, end - begin);
    });
    return;
  }
  pool.parallelFor(count / bCount, rowGrain(bCount), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) kernels().binary(op, a + row * bCount, b, y + row * bCount, bCount);
  });
}

void convert(const void* from, Storage fromType, void* to, Storage toType, int64_t count) {
  kernels().convert(from, fromType, to, toType, count);
}

} // namespace pteron::cpu
