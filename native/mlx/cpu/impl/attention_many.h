// Attention for many rows (prefill): blocks of keys and values become fp32 panels once for a whole tile of rows, scores
// and sums are panel products, and the softmax runs along (flash attention's scheme, Dao et al. 2022).
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr int64_t kManyKeys = 128; // keys a step

struct AttentionTile {
  int64_t rows;
  float *q, *scores, *acc, *maxima, *sums, *panel;
};

template <Storage S>
inline void scoreBlock(const KeyBlocks& blocks, int64_t count, const AttentionTile& t) {
  const Attention& a = blocks.at;
  for (int64_t key = 0; key < count; key += kPanel) {
    const int64_t n = least(count - key, kPanel), first = blocks.keyOffset + key * a.kRowStride;
    packTransposed(n, a.dim, t.panel, [&](int64_t row, int64_t i, int64_t depth) {
      const int64_t at = first + row * a.kRowStride + i;
      return depth == kLanes ? loadAs<S>(a.k, at) : loadPartialAs<S>(a.k, at, depth);
    });
    multiplyPanel(t.rows, t.q, a.dim, t.panel, a.dim, t.scores + key, kManyKeys, n, false, nullptr);
  }
}

template <Storage S>
inline void addValueBlock(const KeyBlocks& blocks, int64_t count, const AttentionTile& t) {
  const Attention& a = blocks.at;
  for (int64_t column = 0; column < a.valueDim; column += kPanel) {
    const int64_t n = least(a.valueDim - column, kPanel);
    const DenseMatrix values{a.v, S, a.valueDim, a.keys, 1, a.vRowStride};
    packDense<S>(values, blocks.valueOffset + column, n, 0, count, t.panel);
    multiplyPanel(t.rows, t.scores, kManyKeys, t.panel, count, t.acc + column, a.valueDim, n, true, nullptr);
  }
}

template <Storage S>
inline void attendManyTyped(const Attention& a, int64_t kvHead, int64_t queryBegin, int64_t queryEnd) {
  const int64_t queries = queryEnd - queryBegin, group = a.heads / a.kvHeads, rows = group * queries;
  const int64_t panelDepth = a.dim > kManyKeys ? a.dim : kManyKeys;
  const int64_t blockSize = blockFloats(a, kManyKeys);
  const ScratchBlock block(
      static_cast<size_t>(rows * (a.dim + kManyKeys + a.valueDim + 2) + panelDepth * kPanel + blockSize) *
          sizeof(float) + 768);
  ScratchPieces pieces(block);
  AttentionTile t{rows,
                  pieces.take<float>(static_cast<size_t>(rows * a.dim)),
                  pieces.take<float>(static_cast<size_t>(rows * kManyKeys)),
                  pieces.take<float>(static_cast<size_t>(rows * a.valueDim)),
                  pieces.take<float>(static_cast<size_t>(rows)),
                  pieces.take<float>(static_cast<size_t>(rows)),
                  pieces.take<float>(static_cast<size_t>(panelDepth * kPanel))};
  KeyBlocks blocks(a, kvHead, pieces.take<float>(static_cast<size_t>(blockSize)), kManyKeys);
  const auto row = [&](int64_t r) { return rowOf(a, kvHead, r / queries, queryBegin + r % queries); };
  for (int64_t r = 0; r < rows; ++r) {
    loadQuery(a, row(r), t.q + r * a.dim);
    t.maxima[r] = kNegativeInfinity;
    t.sums[r] = 0;
  }
  for (int64_t i = 0; i < rows * a.valueDim; ++i) t.acc[i] = 0;
  const int64_t keys = least(rowOf(a, kvHead, 0, queryEnd - 1).visible, a.keys);
  for (int64_t begin = 0; begin < keys; begin += kManyKeys) {
    const int64_t count = least(keys - begin, kManyKeys);
    if (!anyKept(a, queryBegin, queryEnd, begin, count)) continue;
    blocks.read(begin, count);
    scoreBlock<S>(blocks, count, t);
    for (int64_t r = 0; r < rows; ++r) {
      float* scores = t.scores + r * kManyKeys;
      maskScores(a, row(r), begin, count, scores);
      advanceSoftmax(scores, count, t.acc + r * a.valueDim, a.valueDim, t.maxima[r], t.sums[r]);
    }
    addValueBlock<S>(blocks, count, t);
  }
  for (int64_t r = 0; r < rows; ++r) writeRow(a, row(r), t.acc + r * a.valueDim, t.sums[r]);
}

inline void attendMany(const Attention& a, int64_t kvHead, int64_t queryBegin, int64_t queryEnd) {
  withStorage(a.cacheType, [&](auto type) { attendManyTyped<type.value>(a, kvHead, queryBegin, queryEnd); });
}

} // namespace pteron::cpu::PTERON_TARGET
