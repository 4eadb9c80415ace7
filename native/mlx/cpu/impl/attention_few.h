// Attention for few rows (decoding, verification): keys and values are read once, where they lie, for a tile of rows.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr int64_t kFewKeys = 64; // keys a step
constexpr int kKeyTile = 4, kRowTile = kLanes / kKeyTile;
constexpr int kValueTile = kLanes == 16 ? 4 : 2; // vectors of a value row whose sums stay in registers

// Scores of kRowTile rows of q against up to kKeyTile keys, kept in scores[row * kFewKeys + key].
template <Storage S> inline void scoreTile(const Attention& a, const float* const* q, int64_t rows, int64_t keyOffset,
                                           int64_t keys, float* scores) {
  Vf acc[kRowTile * kKeyTile] = {};
  int64_t at[kKeyTile]; // missing keys repeat the last
  for (int key = 0; key < kKeyTile; ++key) at[key] = keyOffset + least(key, keys - 1) * a.kRowStride;
  const auto add = [&](int64_t i, auto loadQueries, auto loadKeys) {
    Vf query[kRowTile];
#pragma GCC unroll 4
    for (int row = 0; row < kRowTile; ++row) query[row] = loadQueries(q[row] + i);
#pragma GCC unroll 4
    for (int key = 0; key < kKeyTile; ++key) {
      const Vf k = loadKeys(at[key] + i);
#pragma GCC unroll 4
      for (int row = 0; row < kRowTile; ++row)
        acc[row * kKeyTile + key] = fma(query[row], k, acc[row * kKeyTile + key]);
    }
  };
  const int64_t whole = a.dim / kLanes * kLanes, rest = a.dim - whole;
  for (int64_t i = 0; i < whole; i += kLanes)
    add(i, [](const float* p) { return load(p); }, [&](int64_t key) { return loadAs<S>(a.k, key); });
  if (rest > 0)
    add(
        whole, [&](const float* p) { return loadPartial(p, rest); },
        [&](int64_t key) { return loadPartialAs<S>(a.k, key, rest); });
  float flat[kLanes];
  store(flat, reduceEach(acc));
  // kFewKeys is a multiple of the tile: scores of missing keys land behind the last and are overwritten or ignored.
  for (int64_t row = 0; row < rows; ++row)
    __builtin_memcpy(scores + row * kFewKeys, flat + row * kKeyTile, kKeyTile * sizeof(float));
}

// acc[row, valueDim] += weights[row, keys] · v[keys, valueDim] for up to kRowTile rows.
template <Storage S, int Rows>
inline void addValues(const Attention& a, int64_t valueOffset, int64_t keys, const float* weights, float* acc) {
  for (int64_t i = 0; i < a.valueDim; i += kValueTile * kLanes) {
    const int64_t width = least(a.valueDim - i, kValueTile * kLanes);
    if (width == kValueTile * kLanes) {
      Vf sum[Rows][kValueTile];
      for (int row = 0; row < Rows; ++row)
        for (int v = 0; v < kValueTile; ++v) sum[row][v] = load(acc + row * a.valueDim + i + v * kLanes);
      for (int64_t key = 0; key < keys; ++key) {
        Vf value[kValueTile];
        for (int v = 0; v < kValueTile; ++v)
          value[v] = loadAs<S>(a.v, valueOffset + key * a.vRowStride + i + v * kLanes);
        for (int row = 0; row < Rows; ++row) {
          const Vf weight = set1(weights[row * kFewKeys + key]);
          for (int v = 0; v < kValueTile; ++v) sum[row][v] = fma(weight, value[v], sum[row][v]);
        }
      }
      for (int row = 0; row < Rows; ++row)
        for (int v = 0; v < kValueTile; ++v) store(acc + row * a.valueDim + i + v * kLanes, sum[row][v]);
      continue;
    }
    for (int64_t j = i; j < i + width; j += kLanes) {
      const int64_t n = least(i + width - j, kLanes);
      for (int row = 0; row < Rows; ++row) {
        Vf sum = loadSome(acc + row * a.valueDim + j, n);
        for (int64_t key = 0; key < keys; ++key) {
          const int64_t at = valueOffset + key * a.vRowStride + j;
          const Vf value = n == kLanes ? loadAs<S>(a.v, at) : loadPartialAs<S>(a.v, at, n);
          sum = fma(set1(weights[row * kFewKeys + key]), value, sum);
        }
        storePartial(acc + row * a.valueDim + j, sum, n);
      }
    }
  }
}

template <Storage S> inline void attendFewTyped(const Attention& a, int64_t kvHead, int64_t keyBegin, int64_t keyEnd,
                                                float* acc, float* maxima, float* sums) {
  const int64_t rows = a.heads / a.kvHeads * a.queries;
  const int64_t blockSize = blockFloats(a, kFewKeys);
  const ScratchBlock block(static_cast<size_t>(rows * (a.dim + kFewKeys) + blockSize) * sizeof(float) + 512);
  ScratchPieces pieces(block);
  float* q = pieces.take<float>(static_cast<size_t>(rows * a.dim));
  float* scores = pieces.take<float>(static_cast<size_t>(rows * kFewKeys));
  KeyBlocks blocks(a, kvHead, pieces.take<float>(static_cast<size_t>(blockSize)), kFewKeys);
  for (int64_t r = 0; r < rows; ++r) {
    loadQuery(a, rowOf(a, kvHead, r / a.queries, r % a.queries), q + r * a.dim);
    maxima[r] = kNegativeInfinity;
    sums[r] = 0;
    for (int64_t i = 0; i < a.valueDim; ++i) acc[r * a.valueDim + i] = 0;
  }
  for (int64_t begin = keyBegin; begin < keyEnd; begin += kFewKeys) {
    const int64_t count = least(keyEnd - begin, kFewKeys);
    if (!anyKept(a, 0, a.queries, begin, count)) continue;
    blocks.read(begin, count);
    const Attention& b = blocks.at;
    for (int64_t key = 0; key < count; key += kKeyTile)
      for (int64_t r = 0; r < rows; r += kRowTile) {
        const float* tile[kRowTile];
        for (int i = 0; i < kRowTile; ++i) tile[i] = q + least(r + i, rows - 1) * a.dim;
        scoreTile<S>(b, tile, least(rows - r, kRowTile), blocks.keyOffset + key * b.kRowStride,
                     least(count - key, kKeyTile), scores + r * kFewKeys + key);
      }
    for (int64_t r = 0; r < rows; ++r) {
      maskScores(a, rowOf(a, kvHead, r / a.queries, r % a.queries), begin, count, scores + r * kFewKeys);
      advanceSoftmax(scores + r * kFewKeys, count, acc + r * a.valueDim, a.valueDim, maxima[r], sums[r]);
    }
    int64_t r = 0;
    const int64_t valueOffset = blocks.valueOffset;
    for (; r + 4 <= rows; r += 4) addValues<S, 4>(b, valueOffset, count, scores + r * kFewKeys, acc + r * a.valueDim);
    const float* weights = scores + r * kFewKeys;
    if (rows - r == 3)
      addValues<S, 3>(b, valueOffset, count, weights, acc + r * a.valueDim);
    else if (rows - r == 2)
      addValues<S, 2>(b, valueOffset, count, weights, acc + r * a.valueDim);
    else if (rows - r == 1)
      addValues<S, 1>(b, valueOffset, count, weights, acc + r * a.valueDim);
  }
}

inline void attendFew(const Attention& a, int64_t kvHead, int64_t keyBegin, int64_t keyEnd, float* acc, float* maxima,
                      float* sums) {
  withStorage(a.cacheType,
              [&](auto type) { attendFewTyped<type.value>(a, kvHead, keyBegin, keyEnd, acc, maxima, sums); });
}

// Parts lie behind one another: acc[part, row, valueDim], maxima[part, row], sums[part, row]; the first is overwritten.
inline void attendMerge(const Attention& a, int64_t kvHead, float* acc, const float* maxima, const float* sums,
                        int64_t parts) {
  const int64_t rows = a.heads / a.kvHeads * a.queries;
  for (int64_t r = 0; r < rows; ++r) {
    float largest = kNegativeInfinity, sum = 0;
    for (int64_t p = 0; p < parts; ++p) largest = maxima[p * rows + r] > largest ? maxima[p * rows + r] : largest;
    const float shift = largest == kNegativeInfinity ? 0 : largest;
    float* first = acc + r * a.valueDim;
    for (int64_t p = 0; p < parts; ++p) {
      const float factor = exp(set1(maxima[p * rows + r] - shift))[0];
      sum += factor * sums[p * rows + r];
      const float* part = first + p * rows * a.valueDim;
      if (p == 0)
        map(first, first, a.valueDim, [&](Vf v, int64_t, int64_t) { return v * factor; });
      else
        map(part, first, a.valueDim,
            [&](Vf v, int64_t i, int64_t n) { return fma(v, set1(factor), loadSome(first + i, n)); });
    }
    writeRow(a, rowOf(a, kvHead, r / a.queries, r % a.queries), first, sum);
  }
}

} // namespace pteron::cpu::PTERON_TARGET
