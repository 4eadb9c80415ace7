// y = x · w (+ bias) for dense weights in any storage, with columns (transposed weights) or depth steps contiguous.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

// M dot products along one contiguous column of weights.
template <Storage S, int M> inline void dotColumn(const void* w, int64_t at, const float* x, int64_t k, float* result) {
  constexpr int kUnrolled = M <= 2 ? 4 : 2; // so that AVX2's 16 registers hold the sums
  Vf acc[M][kUnrolled] = {};
  int64_t i = 0;
  for (; i + kUnrolled * kLanes <= k; i += kUnrolled * kLanes)
    for (int u = 0; u < kUnrolled; ++u) {
      const Vf b = loadAs<S>(w, at + i + u * kLanes);
      for (int m = 0; m < M; ++m) acc[m][u] = fma(load(x + m * k + i + u * kLanes), b, acc[m][u]);
    }
  for (; i < k; i += kLanes) {
    const int64_t n = least(k - i, kLanes);
    const Vf b = n == kLanes ? loadAs<S>(w, at + i) : loadPartialAs<S>(w, at + i, n);
    for (int m = 0; m < M; ++m)
      acc[m][0] = fma(n == kLanes ? load(x + m * k + i) : loadPartial(x + m * k + i, n), b, acc[m][0]);
  }
  for (int m = 0; m < M; ++m) {
    Vf sum = acc[m][0] + acc[m][1];
    if constexpr (kUnrolled == 4) sum = sum + (acc[m][2] + acc[m][3]);
    result[m] = reduceAdd(sum);
  }
}

// m ≤ M rows of x times columns [begin, end) of contiguous depth.
template <Storage S, int M = KernelTable::kDenseGemvRows>
inline void dotColumns(const DenseMatrix& w, const float* x, Output y, int64_t m, int64_t begin, int64_t end) {
  if constexpr (M > 1)
    if (m < M) return dotColumns<S, M - 1>(w, x, y, m, begin, end);
  for (int64_t column = begin; column < end; ++column) {
    float result[M];
    dotColumn<S, M>(w.data, column * w.nStride, x, w.k, result);
    for (int64_t i = 0; i < M; ++i) y.data[i * y.stride + column] = result[i];
  }
}

// Columns [begin, end) of y where depth steps are the rows of w: adds x[d] times row d.
template <Storage S> inline void sumRows(const DenseMatrix& w, const float* x, float* y, int64_t begin, int64_t end) {
  constexpr int64_t kSpan = 4 * kLanes;
  for (int64_t column = begin; column < end; column += kSpan) {
    const int64_t width = least(end - column, kSpan);
    Vf acc[4] = {};
    for (int64_t d = 0; d < w.k; ++d) {
      const Vf value = set1(x[d]);
      const int64_t at = d * w.kStride + column;
      if (width == kSpan)
        for (int u = 0; u < 4; ++u) acc[u] = fma(value, loadAs<S>(w.data, at + u * kLanes), acc[u]);
      else
        for (int u = 0; u * kLanes < width; ++u) {
          const int64_t n = least(width - u * kLanes, kLanes);
          acc[u] = fma(value,
                       n == kLanes ? loadAs<S>(w.data, at + u * kLanes) : loadPartialAs<S>(w.data, at + u * kLanes, n),
                       acc[u]);
        }
    }
    for (int u = 0; u * kLanes < width; ++u) {
      const int64_t n = least(width - u * kLanes, kLanes);
      storePartial(y + column + u * kLanes, acc[u], n);
    }
  }
}

inline void denseGemv(const DenseMatrix& w, const float* x, const float* bias, Output y, int64_t m, int64_t begin,
                      int64_t end) {
  withStorage(w.type, [&](auto type) {
    constexpr Storage S = type.value;
    if (w.kStride == 1) {
      constexpr int64_t kRows = KernelTable::kDenseGemvRows;
      for (int64_t i = 0; i < m; i += kRows)
        dotColumns<S>(w, x + i * w.k, {y.data + i * y.stride, y.stride}, least(m - i, kRows), begin, end);
    } else {
      for (int64_t i = 0; i < m; ++i) sumRows<S>(w, x + i * w.k, y.data + i * y.stride, begin, end);
    }
  });
  if (bias == nullptr) return;
  for (int64_t i = 0; i < m; ++i)
    for (int64_t column = begin; column < end; ++column) y.data[i * y.stride + column] += bias[column];
}

// Depth steps [from, from + length) of kPanel columns from `column` on.
template <Storage S>
inline void packDense(const DenseMatrix& w, int64_t column, int64_t n, int64_t from, int64_t length, float* panel) {
  if (w.kStride == 1) {
    packTransposed(n, length, panel, [&](int64_t row, int64_t i, int64_t count) {
      const int64_t at = (column + row) * w.nStride + from + i;
      return count == kLanes ? loadAs<S>(w.data, at) : loadPartialAs<S>(w.data, at, count);
    });
    return;
  }
  for (int64_t d = 0; d < length; ++d, panel += kPanel)
    for (int v = 0; v < kPanelVectors; ++v) {
      const int64_t at = (from + d) * w.kStride + column + v * kLanes, rest = n - v * kLanes;
      store(panel + v * kLanes, rest >= kLanes ? loadAs<S>(w.data, at)
                                : rest > 0     ? loadPartialAs<S>(w.data, at, rest)
                                               : Vf{});
    }
}

inline void denseGemm(const DenseMatrix& w, const float* x, const float* bias, Output y, int64_t m, int64_t begin,
                      int64_t end) {
  const int64_t depth = least(w.k, kDepth);
  const ScratchBlock block(static_cast<size_t>(depth) * kPanel * sizeof(float));
  withStorage(w.type, [&](auto type) {
    for (int64_t column = begin; column < end; column += kPanel) {
      const int64_t n = least(end - column, kPanel);
      for (int64_t from = 0; from < w.k; from += depth) {
        const int64_t length = least(w.k - from, depth);
        packDense<type.value>(w, column, n, from, length, block.floats());
        const float* last = from + length == w.k && bias != nullptr ? bias + column : nullptr;
        multiplyPanel(m, x + from, w.k, block.floats(), length, y.data + column, y.stride, n, from > 0, last);
      }
    }
  });
}

} // namespace pteron::cpu::PTERON_TARGET
