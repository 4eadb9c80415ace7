// y = x · Wᵀ for many rows of int8 activations: a panel of weight rows is unpacked once so that a vector holds four
// consecutive codes of each row, and every row of x meets it with four activations broadcast.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr int kInt8Tile = kLanes == 16 ? 6 : 3; // rows of x at a time

struct CodePanel {
  float* codes;  // [k / 4, kPanel] lanes of four codes each
  float* scales; // [groups, kPanel]
  float* biases; // the same; unused where the matrix is symmetric
};

// `rows` weight rows from `row` on; the missing ones get scale 0.
template <int Format>
inline void packCodes(const QuantizedMatrix& w, int64_t row, int64_t rows, const CodePanel& panel) {
  constexpr int kQuads = kChunk / 4, kBytes = kChunk / 8 * bitsOf(Format);
  static_assert(kQuads == kLanes);
  const int64_t groups = groupsOf(w);
  const uint8_t* end = codesOf(w, w.rows);
  for (int v = 0; v < kPanelVectors; ++v) {
    const auto at = [&](int r) { return row + least(v * kLanes + r, rows - 1); };
    const uint8_t* p[kLanes];
    for (int r = 0; r < kLanes; ++r) p[r] = codesOf(w, at(r));
    for (int64_t i = 0; i < w.columns; i += kChunk) {
      const int quads = static_cast<int>(least(w.columns - i, kChunk)) / 4;
      Vf block[kLanes];
      for (int r = 0; r < kLanes; ++r, p[r - 1] += kBytes) block[r] = codesToBits(unpackBefore<Format>(p[r], end));
      transpose(block);
      for (int q = 0; q < quads; ++q) store(panel.codes + (i / 4 + q) * kPanel + v * kLanes, block[q]);
    }
    for (int64_t g = 0; g < groups; g += kLanes) {
      const int64_t n = least(groups - g, kLanes);
      Vf scales[kLanes], biases[kLanes];
      for (int r = 0; r < kLanes; ++r) {
        const bool present = v * kLanes + r < rows;
        scales[r] = present ? loadScales(w, at(r), g, n) : Vf{};
        if (!isSymmetric(w))
          biases[r] =
              present ? loadBiases(w, at(r), g, n) + scales[r] * static_cast<float>(kCodeOffset<bitsOf(Format)>) : Vf{};
      }
      transpose(scales);
      for (int64_t j = 0; j < n; ++j) store(panel.scales + (g + j) * kPanel + v * kLanes, scales[j]);
      if (isSymmetric(w)) continue;
      transpose(biases);
      for (int64_t j = 0; j < n; ++j) store(panel.biases + (g + j) * kPanel + v * kLanes, biases[j]);
    }
  }
}

// M rows of x from row `first` on. Symmetric: Σ (code - centre) · x starts at its second term, an integer.
template <int Format, bool Symmetric, int M> inline void multiplyCodes(const QuantizedMatrix& w, const CodePanel& panel,
                                                                       const QuantizedRows& x, int64_t first, Output y,
                                                                       int64_t column, int64_t columns) {
  constexpr int Bits = bitsOf(Format);
  constexpr int32_t kCentre = centreOf(Format) - kCodeOffset<Bits>;
  const int64_t groups = groupsOf(w), quads = w.group / 4;
  const int8_t* codes = x.codes + first * x.codeStride;
  const float* packed = panel.codes;
  Vf acc[M][kPanelVectors] = {};
  for (int64_t g = 0; g < groups; ++g) {
    const int64_t at = first * x.groupStride + g;
    Vi sum[M][kPanelVectors];
    for (int m = 0; m < M; ++m)
      for (int v = 0; v < kPanelVectors; ++v)
        sum[m][v] = Symmetric ? Vi{} - kCentre * x.codeSums[at + m * x.groupStride] : Vi{};
    for (int64_t q = 0; q < quads; ++q, packed += kPanel, codes += 4) {
      const Vi b0 = floatToBits(load(packed)), b1 = floatToBits(load(packed + kLanes));
#pragma GCC unroll 16
      for (int m = 0; m < M; ++m) {
        int32_t four;
        __builtin_memcpy(&four, codes + m * x.codeStride, 4);
        sum[m][0] = dotQuad<Bits>(sum[m][0], b0, four);
        sum[m][1] = dotQuad<Bits>(sum[m][1], b1, four);
      }
    }
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m)
      for (int v = 0; v < kPanelVectors; ++v) {
        const Vf factor = load(panel.scales + g * kPanel + v * kLanes) * x.scales[at + m * x.groupStride];
        acc[m][v] = fma(toFloat(sum[m][v]), factor, acc[m][v]);
        if (!Symmetric)
          acc[m][v] =
              fma(load(panel.biases + g * kPanel + v * kLanes), set1(x.sums[at + m * x.groupStride]), acc[m][v]);
      }
  }
  for (int m = 0; m < M; ++m)
    for (int v = 0; v < kPanelVectors; ++v) {
      const int64_t n = least(columns - v * kLanes, kLanes);
      if (n > 0) storePartial(y.data + (first + m) * y.stride + column + v * kLanes, acc[m][v], n);
    }
}

template <int Format, bool Symmetric, int M>
inline void multiplyCodesRest(int64_t rows, const QuantizedMatrix& w, const CodePanel& panel, const QuantizedRows& x,
                              int64_t first, Output y, int64_t column, int64_t columns) {
  if constexpr (M > 0) {
    if (rows == M)
      multiplyCodes<Format, Symmetric, M>(w, panel, x, first, y, column, columns);
    else
      multiplyCodesRest<Format, Symmetric, M - 1>(rows, w, panel, x, first, y, column, columns);
  }
}

inline void gemmInt8(const QuantizedMatrix& w, const QuantizedRows& x, Output y, int64_t m, int64_t begin,
                     int64_t end) {
  const size_t groups = static_cast<size_t>(groupsOf(w)) * kPanel, codes = static_cast<size_t>(w.columns / 4) * kPanel;
  const ScratchBlock block((codes + 2 * groups) * sizeof(float) + 256);
  ScratchPieces pieces(block);
  const CodePanel panel{pieces.take<float>(codes), pieces.take<float>(groups), pieces.take<float>(groups)};
  withFormat(w, [&](auto format) {
    constexpr int F = format.value;
    for (int64_t column = begin; column < end; column += kPanel) {
      const int64_t columns = least(end - column, kPanel);
      packCodes<F>(w, column, columns, panel);
      for (int64_t i = 0; i < m; i += kInt8Tile) {
        const int64_t rows = least(m - i, kInt8Tile);
        if (isSymmetric(w))
          multiplyCodesRest<F, true, kInt8Tile>(rows, w, panel, x, i, y, column, columns);
        else
          multiplyCodesRest<F, false, kInt8Tile>(rows, w, panel, x, i, y, column, columns);
      }
    }
  });
}

} // namespace pteron::cpu::PTERON_TARGET
