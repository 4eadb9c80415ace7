// y = x · Wᵀ for one or two rows of x: reads the packed weights once, in order, and does so little beside that it runs
// at the memory's speed.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

// Rows side by side are not one stream to the processor's prefetcher, so it is told: this far ahead, in bytes.
constexpr int64_t kPrefetchBytes = 8192;

// R weight rows together, so that their sums do not wait for each other; acc starts at the bias terms. `factors` is
// [M, R, groups] with a stride for M.
template <int Format, int Group, int M, int R, class Unpack>
inline void dotRowsInt8(const uint8_t* p, int64_t columns, const QuantizedRows& x, const float* factors, int64_t stride,
                        Vf (*acc)[M], Unpack unpackAt) {
  constexpr int Bits = bitsOf(Format), kChunkBytes = kChunk / 8 * Bits;
  const int8_t* codes = x.codes;
  const int64_t codeStride = x.codeStride, chunks = (columns + kChunk - 1) / kChunk, groups = columns / Group;
  const int64_t rowBytes = columns / 8 * Bits;
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
                        spread<Group>(factors + m * stride + r * groups, c), sum[r][m]);
    }
  for (int r = 0; r < R; ++r)
    for (int m = 0; m < M; ++m) acc[r][m] = sum[r][m];
}

// Rows [begin, end) of w by tiles. dot(p, r, factors, acc, unpack) adds the products of r rows (a constant: the tile
// or 1) to acc.
template <int Format, int Offset, int M, class Dot> inline void
forRowTiles(const QuantizedMatrix& w, const TileTerms& terms, Output y, int64_t begin, int64_t end, Dot dot) {
  const uint8_t* last = codesOf(w, w.rows);
  const int64_t rowBytes = w.columns / 8 * bitsOf(Format), groups = groupsOf(w);
  for (int64_t row = begin; row < end; row += kGemvTile) {
    const int64_t rows = least(end - row, kGemvTile);
    const uint8_t* p = codesOf(w, row);
    withStorage(w.scaleType,
                [&](auto type) { prepareTile<type.value, Format, Offset, M>(w, terms, groups, row, rows); });
    Vf acc[kGemvTile][M];
    for (int64_t r = 0; r < rows; ++r)
      for (int m = 0; m < M; ++m) acc[r][m] = sumBiases(terms.biases + m * terms.stride + r * groups, groups);
    if (rows == kGemvTile && last - (p + rows * rowBytes) >= kReads<Format>)
      dot(p, IntConstant<kGemvTile>{}, terms.factors, acc, [](const uint8_t* at) { return unpackCodesOf<Format>(at); });
    else
      for (int64_t r = 0; r < rows; ++r)
        dot(p + r * rowBytes, IntConstant<1>{}, terms.factors + r * groups, acc + r,
            [&](const uint8_t* at) { return unpackBefore<Format>(at, last); });
    for (int64_t r = 0; r < rows; ++r)
      for (int m = 0; m < M; ++m) y.data[m * y.stride + row + r] = reduceAdd(acc[r][m]);
  }
}

inline void gemvInt8(const QuantizedMatrix& w, const QuantizedRows& x, Output y, int64_t m, int64_t begin,
                     int64_t end) {
  const ScratchBlock block(TileTerms::bytes(m, groupsOf(w)));
  const TileTerms terms(block, x.scales, x.sums, x.groupStride, m, groupsOf(w));
  withFormatAndGroup(w, [&](auto format, auto group) {
    constexpr int F = format.value, G = group.value;
    const auto run = [&](auto count) {
      constexpr int M = count.value;
      forRowTiles<F, kCodeOffset<bitsOf(F)>, M>(
          w, terms, y, begin, end, [&](const uint8_t* p, auto rows, const float* factors, Vf(*acc)[M], auto unpackAt) {
            dotRowsInt8<F, G, M, rows.value>(p, w.columns, x, factors, terms.stride, acc, unpackAt);
          });
    };
    if (m == 1)
      run(IntConstant<1>{});
    else
      run(IntConstant<2>{});
  });
}

// The same with fp32 activations: scale · Σ code · x, 32 codes at a time.
template <int Format, int Group, int M, int R, class Unpack>
inline void dotRowsExact(const uint8_t* p, int64_t columns, const ExactRows& x, const float* factors, int64_t stride,
                         Vf (*acc)[M], Unpack unpackAt) {
  constexpr int Bits = bitsOf(Format), kChunkBytes = kChunk / 8 * Bits, kUnit = Group < 32 ? Group : 32;
  const int64_t rowBytes = columns / 8 * Bits, groups = columns / Group;
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
          acc[r][m] = fma(part, set1(factors[m * stride + r * groups + (from + u) / Group]), acc[r][m]);
        }
    }
}

inline void gemvExact(const QuantizedMatrix& w, const ExactRows& x, Output y, int64_t m, int64_t begin, int64_t end) {
  const ScratchBlock block(TileTerms::bytes(m, groupsOf(w)));
  const TileTerms terms(block, nullptr, x.sums, x.groupStride, m, groupsOf(w));
  withFormatAndGroup(w, [&](auto format, auto group) {
    constexpr int F = format.value, G = group.value;
    const auto run = [&](auto count) {
      constexpr int M = count.value;
      forRowTiles<F, 0, M>(w, terms, y, begin, end,
                           [&](const uint8_t* p, auto rows, const float* factors, Vf(*acc)[M], auto unpackAt) {
                             dotRowsExact<F, G, M, rows.value>(p, w.columns, x, factors, terms.stride, acc, unpackAt);
                           });
    };
    if (m == 1)
      run(IntConstant<1>{});
    else
      run(IntConstant<2>{});
  });
}

} // namespace pteron::cpu::PTERON_TARGET
