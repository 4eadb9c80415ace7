// y = x · Wᵀ for one or two rows of x: reads the packed weights once, in order, and does so little beside that it runs
// at the memory's speed.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr int kGemvTile = 4; // weight rows worked on together
// Rows side by side are not one stream to the processor's prefetcher, so it is told: this far ahead, in bytes.
constexpr int64_t kPrefetchBytes = 8192;

// Scales times activation scales of `rows` weight rows, factors[row, m, group], and the bias terms' sums, biases[row, m].
template <Storage S, int Offset, int M>
inline void prepareRows(const QuantizedMatrix& w, const QuantizedRows& x, int64_t first, int64_t rows, float* factors,
                        Vf (*biases)[M]) {
  const int64_t groups = groupsOf(w);
  const float centre = static_cast<float>(Offset - (1 << (w.bits - 1)));
  for (int64_t r = 0; r < rows; ++r, factors += M * x.groupStride) {
    const int64_t at = (first + r) * groups;
    // A vector that reaches into the next row is cheaper than a masked one, which would defeat the prefetcher.
    const bool readsOver = first + r + 1 < w.rows && groups >= kLanes;
    const auto fetch = [&](const void* p, int64_t g, int64_t n) {
      if (n == kLanes) return loadAs<S>(p, at + g);
      return readsOver ? keepFirst(loadAs<S>(p, at + g), n) : loadPartialAs<S>(p, at + g, n);
    };
    for (int m = 0; m < M; ++m) biases[r][m] = Vf{};
    for (int64_t g = 0; g < groups; g += kLanes) {
      const int64_t n = least(groups - g, kLanes);
      const Vf scales = fetch(w.scales, g, n);
      const Vf bias = w.symmetric ? scales * centre : fetch(w.biases, g, n) + scales * static_cast<float>(Offset);
      for (int m = 0; m < M; ++m) {
        store(factors + m * x.groupStride + g, scales * load(x.scales + m * x.groupStride + g));
        biases[r][m] = fma(bias, load(x.sums + m * x.groupStride + g), biases[r][m]);
      }
    }
  }
}

// R weight rows together, so that their sums do not wait for each other; acc starts at the bias terms.
template <int Bits, int Group, int M, int R, class Unpack>
inline void dotRowsInt8(const uint8_t* p, int64_t rowBytes, int64_t columns, const QuantizedRows& x, const float* factors,
                        Vf (*acc)[M], Unpack unpackAt) {
  constexpr int kChunkBytes = kChunk / 8 * Bits;
  const int8_t* codes = x.codes;
  const int64_t codeStride = x.codeStride, groupStride = x.groupStride, chunks = (columns + kChunk - 1) / kChunk;
  const uint8_t* ahead = p + kPrefetchBytes;
  Vf sum[R][M];
  for (int r = 0; r < R; ++r)
    for (int m = 0; m < M; ++m) sum[r][m] = acc[r][m];
  for (int64_t c = 0; c < chunks; ++c, p += kChunkBytes, codes += kChunk)
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) {
      const Codes chunk = unpackAt(p + r * rowBytes);
      __builtin_prefetch(ahead);
      ahead += kChunkBytes;
#pragma GCC unroll 2
      for (int m = 0; m < M; ++m)
        sum[r][m] = fma(toFloat(dot<Bits>(chunk, codes + m * codeStride)), spread<Group>(factors + (r * M + m) * groupStride, c), sum[r][m]);
    }
  for (int r = 0; r < R; ++r)
    for (int m = 0; m < M; ++m) acc[r][m] = sum[r][m];
}

template <int Bits, int Group, int M>
inline void gemvInt8Rows(const QuantizedMatrix& w, const QuantizedRows& x, Output y, int64_t begin, int64_t end, float* factors) {
  const uint8_t* last = codesOf(w, w.rows);
  const int64_t rowBytes = w.columns / 8 * Bits;
  for (int64_t row = begin; row < end; row += kGemvTile) {
    const int64_t rows = least(end - row, kGemvTile);
    const uint8_t* p = codesOf(w, row);
    Vf acc[kGemvTile][M];
    withStorage(w.scaleType, [&](auto type) {
      prepareRows<type.value, kCodeOffset<Bits>, M>(w, x, row, rows, factors, acc);
    });
    if (rows == kGemvTile && last - (p + rows * rowBytes) >= kUnpackReads<Bits>)
      dotRowsInt8<Bits, Group, M, kGemvTile>(p, rowBytes, w.columns, x, factors, acc, [](const uint8_t* at) { return unpack<Bits>(at); });
    else
      for (int64_t r = 0; r < rows; ++r)
        dotRowsInt8<Bits, Group, M, 1>(p + r * rowBytes, rowBytes, w.columns, x, factors + r * M * x.groupStride, acc + r,
                                       [&](const uint8_t* at) { return unpackBefore<Bits>(at, last); });
    for (int64_t r = 0; r < rows; ++r)
      for (int m = 0; m < M; ++m) y.data[m * y.stride + row + r] = reduceAdd(acc[r][m]);
  }
}

inline void gemvInt8(const QuantizedMatrix& w, const QuantizedRows& x, Output y, int64_t m, int64_t begin, int64_t end) {
  const ScratchBlock block(static_cast<size_t>(kGemvTile * m * x.groupStride) * sizeof(float));
  withBitsAndGroup(w, [&](auto bits, auto group) {
    if (m == 1) gemvInt8Rows<bits.value, group.value, 1>(w, x, y, begin, end, block.floats());
    else gemvInt8Rows<bits.value, group.value, 2>(w, x, y, begin, end, block.floats());
  });
}

// Σ_g scale_g · Σ code · x + Σ_g bias_g · Σ x, in fp32.
template <int M>
inline void dotRowExact(const QuantizedMatrix& w, const uint8_t* codes, const ExactRows& x, int64_t row, float* result) {
  const int64_t groups = groupsOf(w);
  const int group = w.group;
  Vf acc[M] = {};
  for (int64_t g = 0; g < groups; g += kLanes) {
    const int64_t n = least(groups - g, kLanes);
    const Vf biases = loadBiases(w, row, g, n);
    float scales[kLanes];
    store(scales, loadScales(w, row, g, n));
    for (int m = 0; m < M; ++m) acc[m] = fma(biases, load(x.sums + m * x.groupStride + g), acc[m]);
    for (int64_t j = 0; j < n; ++j) {
      const int64_t at = (g + j) * group;
      Vf part[M] = {};
      for (int i = 0; i < group; i += kLanes) {
        const Vf c = codesToFloat(codes + at + i);
        for (int m = 0; m < M; ++m) part[m] = fma(c, load(x.x + m * x.stride + at + i), part[m]);
      }
      for (int m = 0; m < M; ++m) acc[m] = fma(part[m], set1(scales[j]), acc[m]);
    }
  }
  for (int m = 0; m < M; ++m) result[m] = reduceAdd(acc[m]);
}

inline void gemvExact(const QuantizedMatrix& w, const ExactRows& x, Output y, int64_t m, int64_t begin, int64_t end) {
  const ScratchBlock block(static_cast<size_t>(w.columns + kCodePad));
  uint8_t* codes = static_cast<uint8_t*>(block.data());
  withBits(w.bits, [&](auto bits) {
    for (int64_t row = begin; row < end; ++row) {
      unpackCodes<bits.value>(w, row, 0, w.columns, codes);
      float result[2];
      if (m == 1) dotRowExact<1>(w, codes, x, row, result);
      else dotRowExact<2>(w, codes, x, row, result);
      for (int64_t i = 0; i < m; ++i) y.data[i * y.stride + row] = result[i];
    }
  });
}

} // namespace pteron::cpu::PTERON_TARGET
