// The scales and biases of a tile of weight rows, made ready for products with few rows of x. They lie behind one
// another in memory, so the tile is treated as one run of numbers, whatever the number of groups in a row.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr int kGemvTile = 4; // weight rows worked on together

// What a tile's scales and biases are multiplied with, for each of M rows of x: its groups' scales and sums, as often
// as the tile has rows. `scales` is null where x is exact. Factors and bias terms of a tile go beside.
struct TileTerms {
  int64_t stride; // of one of M rows in each array
  float *scales, *sums, *factors, *biases;

  static size_t bytes(int64_t m, int64_t groups) {
    return static_cast<size_t>(4 * m * strideOf(groups)) * sizeof(float);
  }
  static int64_t strideOf(int64_t groups) { return (kGemvTile * groups + 2 * kGroupPad - 1) / kGroupPad * kGroupPad; }

  TileTerms(const ScratchBlock& block, const float* xScales, const float* xSums, int64_t xStride, int64_t m,
            int64_t groups)
      : stride(strideOf(groups)), scales(block.floats()), sums(scales + m * stride), factors(sums + m * stride),
        biases(factors + m * stride) {
    // Behind the last row nothing may be left that is no number: it is multiplied by 0.
    for (int64_t i = 0; i < 4 * m * stride; ++i) scales[i] = 0;
    for (int64_t row = 0; row < m; ++row)
      for (int64_t i = 0; i < kGemvTile * groups; ++i) {
        if (xScales != nullptr) scales[row * stride + i] = xScales[row * xStride + i % groups];
        sums[row * stride + i] = xSums[row * xStride + i % groups];
      }
    if (xScales == nullptr) scales = nullptr;
  }
};

// factors[m, row, group] and biases[m, row, group] of `rows` weight rows from `first` on. Offset is what the codes are
// short of (kCodeOffset).
template <Storage S, int Format, int Offset, int M>
inline void prepareTile(const QuantizedMatrix& w, const TileTerms& terms, int64_t groups, int64_t first, int64_t rows) {
  const bool symmetric = isSymmetric(w);
  const void *scales = w.scales, *biases = w.biases;
  const float centre = static_cast<float>(Offset - centreOf(Format));
  const int64_t at = first * groups, count = rows * groups, total = w.rows * groups;
  const TileTerms t = terms;
  for (int64_t i = 0; i < count; i += kLanes) {
    // Reading on into the next tile is cheaper than a masked load, which would not be prefetched for.
    const bool whole = at + i + kLanes <= total;
    const auto fetch = [&](const void* p) {
      if constexpr (Format == kNvfp4) {
        const uint8_t* e4m3 = static_cast<const uint8_t*>(p) + at + i;
        return whole ? halvesOfE4m3(e4m3) : halvesOfE4m3(e4m3, total - at - i);
      }
      return whole ? loadAs<S>(p, at + i) : loadPartialAs<S>(p, at + i, total - at - i);
    };
    const Vf scale = fetch(scales);
    const Vf bias = symmetric ? scale * centre : fetch(biases) + scale * static_cast<float>(Offset);
    for (int m = 0; m < M; ++m) {
      store(t.factors + m * t.stride + i, t.scales == nullptr ? scale : scale * load(t.scales + m * t.stride + i));
      store(t.biases + m * t.stride + i, bias * load(t.sums + m * t.stride + i));
    }
  }
}

// The bias terms of one row, summed into the lanes of a vector.
inline Vf sumBiases(const float* biases, int64_t groups) {
  Vf sum{};
  int64_t g = 0;
  for (; g + kLanes <= groups; g += kLanes) sum += load(biases + g);
  return g < groups ? sum + keepFirst(load(biases + g), groups - g) : sum;
}

} // namespace pteron::cpu::PTERON_TARGET
