// fp32 matrix product by panels: kPanel columns of the right-hand side lie together, one row of the panel per depth
// step, and a tile of up to kTile rows of the left-hand side is computed against it in registers.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr int kPanelVectors = 2, kPanel = kPanelVectors * kLanes;
constexpr int kTile = kLanes == 16 ? 12 : kLanes == 8 ? 6 : 4;
constexpr int64_t kDepth = 1024; // depth steps packed at a time, so that a panel stays in the second-level cache

// c[M, n] (+)= a[M, k] · panel[k, kPanel]; bias (n values) is added where given, n ≤ kPanel.
template <int M> inline void multiplyTile(const float* a, int64_t aStride, const float* panel, int64_t k, float* c,
                                          int64_t cStride, int64_t n, bool accumulate, const float* bias) {
  Vf acc[M][kPanelVectors] = {};
  for (int64_t i = 0; i < k; ++i, panel += kPanel) {
    const Vf b0 = load(panel), b1 = load(panel + kLanes);
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
      const Vf value = set1(a[m * aStride + i]);
      acc[m][0] = fma(value, b0, acc[m][0]);
      acc[m][1] = fma(value, b1, acc[m][1]);
    }
  }
#pragma GCC unroll 16
  for (int m = 0; m < M; ++m) {
    for (int v = 0; v < kPanelVectors; ++v) {
      const int64_t at = v * kLanes, rest = least(n - at, kLanes);
      if (rest <= 0) break;
      float* out = c + m * cStride + at;
      Vf sum = acc[m][v];
      if (bias != nullptr) sum += loadPartial(bias + at, rest);
      if (rest == kLanes)
        store(out, accumulate ? sum + load(out) : sum);
      else
        storePartial(out, accumulate ? sum + loadPartial(out, rest) : sum, rest);
    }
  }
}

template <int M> inline void multiplyRest(int64_t m, const float* a, int64_t aStride, const float* panel, int64_t k,
                                          float* c, int64_t cStride, int64_t n, bool accumulate, const float* bias) {
  if constexpr (M > 0) {
    if (m == M)
      multiplyTile<M>(a, aStride, panel, k, c, cStride, n, accumulate, bias);
    else
      multiplyRest<M - 1>(m, a, aStride, panel, k, c, cStride, n, accumulate, bias);
  }
}

// Any number of rows.
inline void multiplyPanel(int64_t m, const float* a, int64_t aStride, const float* panel, int64_t k, float* c,
                          int64_t cStride, int64_t n, bool accumulate, const float* bias) {
  for (int64_t i = 0; i < m; i += kTile)
    multiplyRest<kTile>(least(m - i, kTile), a + i * aStride, aStride, panel, k, c + i * cStride, cStride, n,
                        accumulate, bias);
}

// Rows of `k` values that source(row, depth, count) loads, put side by side as columns of a panel; columns from n on
// become 0.
template <class Source> inline void packTransposed(int64_t n, int64_t k, float* panel, Source source) {
  for (int v = 0; v < kPanelVectors; ++v) {
    for (int64_t i = 0; i < k; i += kLanes) {
      const int64_t depth = least(k - i, kLanes);
      Vf block[kLanes];
      for (int r = 0; r < kLanes; ++r) block[r] = v * kLanes + r < n ? source(v * kLanes + r, i, depth) : Vf{};
      transpose(block);
      for (int64_t d = 0; d < depth; ++d) store(panel + (i + d) * kPanel + v * kLanes, block[d]);
    }
  }
}

} // namespace pteron::cpu::PTERON_TARGET
