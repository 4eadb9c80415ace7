// y = x · Wᵀ for many rows of x, exactly: each panel of weights is dequantized once and used for every row.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

inline void gemmExact(const QuantizedMatrix& w, const float* x, Output y, int64_t m, int64_t begin, int64_t end) {
  const int64_t k = w.columns, depth = least(k, kDepth);
  const ScratchBlock block(static_cast<size_t>(depth) * (kPanel + kLanes) * sizeof(float) + 128);
  ScratchPieces pieces(block);
  float* panel = pieces.take<float>(static_cast<size_t>(depth) * kPanel);
  float* rows = pieces.take<float>(static_cast<size_t>(depth) * kLanes);
  withFormat(w, [&](auto format) {
    for (int64_t column = begin; column < end; column += kPanel) {
      const int64_t n = least(end - column, kPanel);
      for (int64_t from = 0; from < k; from += depth) {
        const int64_t length = least(k - from, depth);
        packTransposed(n, length, panel, [&](int64_t row, int64_t i, int64_t) {
          // Rows of a vector arrive together for each depth: dequantize them all at the first.
          const int64_t local = row % kLanes;
          if (i == 0) dequantizeRange<format.value>(w, column + row, from, from + length, rows + local * depth);
          return load(rows + local * depth + i);
        });
        multiplyPanel(m, x + from, k, panel, length, y.data + column, y.stride, n, from > 0, nullptr);
      }
    }
  });
}

} // namespace pteron::cpu::PTERON_TARGET
