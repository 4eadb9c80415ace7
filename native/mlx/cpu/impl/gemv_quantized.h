// y = x · Wᵀ for one or two rows of x: reads the packed weights once, in order, and does so little beside that it runs
// at the memory's speed.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr int kGemvTile = 4; // weight rows worked on together
// Rows side by side are not one stream to the processor's prefetcher, so it is told: this far ahead, in bytes.
constexpr int64_t kPrefetchBytes = 8192;

// Of each activation row's groups: the scale (null: 1) and the sum.
struct GroupTerms {
  const float *scales, *sums;
  int64_t stride;
};

// Scales times activation scales of `rows` weight rows, factors[row, m, group], and the bias terms' sums, biases[row, m].
template <Storage S, int Offset, int M> inline void prepareRows(const QuantizedMatrix& w, const GroupTerms& x,
                                                                int64_t first, int64_t rows, float* factors,
                                                                Vf (*biases)[M]) {
  const int64_t groups = groupsOf(w);
  const float centre = static_cast<float>(Offset - (1 << (w.bits - 1)));
  for (int64_t r = 0; r < rows; ++r, factors += M * x.stride) {
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
        const int64_t at = m * x.stride + g;
        store(factors + at, x.scales == nullptr ? scales : scales * load(x.scales + at));
        biases[r][m] = fma(bias, load(x.sums + at), biases[r][m]);
      }
    }
  }
}

// R weight rows together, so that their sums do not wait for each other; acc starts at the bias terms.
template <int Bits, int Group, int M, int R, class Unpack>
inline void dotRowsInt8(const uint8_t* p, int64_t rowBytes, int64_t columns, const QuantizedRows& x,
                        const float* factors, Vf (*acc)[M], Unpack unpackAt) {
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
        sum[r][m] = fma(toFloat(dot<Bits>(chunk, codes + m * codeStride)),
                        spread<Group>(factors + (r * M + m) * groupStride, c), sum[r][m]);
    }
  for (int r = 0; r < R; ++r)
    for (int m = 0; m < M; ++m) acc[r][m] = sum[r][m];
}

// Rows [begin, end) of w by tiles; Offset as in prepareRows. dot(p, r, factors, acc, unpack) adds the products of r rows
// (a constant: the tile or 1) to acc.
template <int Bits, int Offset, int M, class Dot>
inline void forRowTiles(const QuantizedMatrix& w, const GroupTerms& x, Output y, int64_t begin, int64_t end, Dot dot) {
  const ScratchBlock block(static_cast<size_t>(kGemvTile * M * x.stride) * sizeof(float));
  float* factors = block.floats();
  const uint8_t* last = codesOf(w, w.rows);
  const int64_t rowBytes = w.columns / 8 * Bits;
  for (int64_t row = begin; row < end; row += kGemvTile) {
    const int64_t rows = least(end - row, kGemvTile);
    const uint8_t* p = codesOf(w, row);
    Vf acc[kGemvTile][M];
    withStorage(w.scaleType, [&](auto type) { prepareRows<type.value, Offset, M>(w, x, row, rows, factors, acc); });
    if (rows == kGemvTile && last - (p + rows * rowBytes) >= kUnpackReads<Bits>)
      dot(p, IntConstant<kGemvTile>{}, factors, acc, [](const uint8_t* at) { return unpack<Bits>(at); });
    else
      for (int64_t r = 0; r < rows; ++r)
        dot(p + r * rowBytes, IntConstant<1>{}, factors + r * M * x.stride, acc + r,
            [&](const uint8_t* at) { return unpackBefore<Bits>(at, last); });
    for (int64_t r = 0; r < rows; ++r)
      for (int m = 0; m < M; ++m) y.data[m * y.stride + row + r] = reduceAdd(acc[r][m]);
  }
}

inline void gemvInt8(const QuantizedMatrix& w, const QuantizedRows& x, Output y, int64_t m, int64_t begin,
                     int64_t end) {
  const GroupTerms terms{x.scales, x.sums, x.groupStride};
  withBitsAndGroup(w, [&](auto bits, auto group) {
    constexpr int B = bits.value, G = group.value;
    const auto run = [&](auto count) {
      constexpr int M = count.value;
      forRowTiles<B, kCodeOffset<B>, M>(
          w, terms, y, begin, end, [&](const uint8_t* p, auto rows, const float* factors, Vf(*acc)[M], auto unpackAt) {
            dotRowsInt8<B, G, M, rows.value>(p, w.columns / 8 * B, w.columns, x, factors, acc, unpackAt);
          });
    };
    if (m == 1)
      run(IntConstant<1>{});
    else
      run(IntConstant<2>{});
  });
}

// The same with fp32 activations: scale · Σ code · x, 32 codes at a time.
template <int Bits, int Group, int M, int R, class Unpack>
inline void dotRowsExact(const uint8_t* p, int64_t rowBytes, int64_t columns, const ExactRows& x, const float* factors,
                         Vf (*acc)[M], Unpack unpackAt) {
  constexpr int kChunkBytes = kChunk / 8 * Bits, kUnit = 32;
  alignas(64) uint8_t codes[kChunk];
  const uint8_t* ahead = p + kPrefetchBytes;
  for (int64_t from = 0; from < columns; from += kChunk, p += kChunkBytes)
    for (int r = 0; r < R; ++r) {
      storeCodes(codes, unpackAt(p + r * rowBytes));
      __builtin_prefetch(ahead);
      ahead += kChunkBytes;
      for (int u = 0; u < kChunk && from + u < columns; u += kUnit)
        for (int m = 0; m < M; ++m) {
          Vf part{};
          for (int i = 0; i < kUnit; i += kLanes)
            part = fma(codesToFloat(codes + u + i), load(x.x + m * x.stride + from + u + i), part);
          acc[r][m] = fma(part, set1(factors[(r * M + m) * x.groupStride + (from + u) / Group]), acc[r][m]);
        }
    }
}

inline void gemvExact(const QuantizedMatrix& w, const ExactRows& x, Output y, int64_t m, int64_t begin, int64_t end) {
  const GroupTerms terms{nullptr, x.sums, x.groupStride};
  withBitsAndGroup(w, [&](auto bits, auto group) {
    constexpr int B = bits.value, G = group.value;
    const auto run = [&](auto count) {
      constexpr int M = count.value;
      forRowTiles<B, 0, M>(
          w, terms, y, begin, end, [&](const uint8_t* p, auto rows, const float* factors, Vf(*acc)[M], auto unpackAt) {
            dotRowsExact<B, G, M, rows.value>(p, w.columns / 8 * B, w.columns, x, factors, acc, unpackAt);
          });
    };
    if (m == 1)
      run(IntConstant<1>{});
    else
      run(IntConstant<2>{});
  });
}

} // namespace pteron::cpu::PTERON_TARGET
