// What both attention paths share: the rows of a KV head's query group, masks, and the running softmax.
// A row is one (query head, query): row = head within the group * queries + query.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

constexpr float kNegativeInfinity = -__builtin_inff();

struct AttentionRow {
  int64_t head, query, visible; // visible: keys [0, visible) pass the causal mask
};

inline AttentionRow rowOf(const Attention& a, int64_t kvHead, int64_t headInGroup, int64_t query) {
  const int64_t visible = a.causal ? a.keys - a.queries + query + 1 : a.keys;
  return {kvHead * (a.heads / a.kvHeads) + headInGroup, query, visible < 0 ? 0 : visible};
}

// The row's query times the scale, `dim` values.
inline void loadQuery(const Attention& a, const AttentionRow& row, float* q) {
  map(a.q + row.head * a.qHeadStride + row.query * a.qRowStride, q, a.dim,
      [&](Vf v, int64_t, int64_t) { return v * a.scale; });
}

// Applies the masks to scores of keys [begin, begin + count).
inline void maskScores(const Attention& a, const AttentionRow& row, int64_t begin, int64_t count, float* scores) {
  const int64_t at = row.head * a.maskHeadStride + row.query * a.maskRowStride + begin;
  if (a.addMask != nullptr)
    map(scores, scores, count, [&](Vf v, int64_t i, int64_t n) { return v + loadSome(a.addMask + at + i, n); });
  if (a.boolMask != nullptr)
    for (int64_t i = 0; i < count; ++i) scores[i] = a.boolMask[at + i] ? scores[i] : kNegativeInfinity;
  for (int64_t i = row.visible > begin ? row.visible - begin : 0; i < count; ++i) scores[i] = kNegativeInfinity;
}

// Keys and values as the kernels read them: where they lie, or a quantized cache's block by block in `memory`, which holds
// most · (dim + valueDim) floats. `at` is what the kernels read, with block [begin, …) at keyOffset and valueOffset.
struct KeyBlocks {
  const Attention& a;
  Attention at;
  int64_t kvHead, keyOffset = 0, valueOffset = 0;

  KeyBlocks(const Attention& attention, int64_t head, float* memory, int64_t most)
      : a(attention), at(attention), kvHead(head) {
    if (a.quantizedK == nullptr) return;
    at.k = memory, at.kRowStride = a.dim;
    at.v = memory + most * a.dim, at.vRowStride = a.valueDim;
  }
  void read(int64_t begin, int64_t count) {
    if (a.quantizedK != nullptr) {
      dequantizeRows(a.quantizedK[kvHead], begin, count, static_cast<float*>(const_cast<void*>(at.k)));
      dequantizeRows(a.quantizedV[kvHead], begin, count, static_cast<float*>(const_cast<void*>(at.v)));
      return;
    }
    keyOffset = kvHead * a.kHeadStride + begin * a.kRowStride;
    valueOffset = kvHead * a.vHeadStride + begin * a.vRowStride;
  }
};
// Floats that they need.
inline int64_t blockFloats(const Attention& a, int64_t most) {
  return a.quantizedK == nullptr ? 0 : most * (a.dim + a.valueDim);
}

// Whether some row of queries [queryBegin, queryEnd) may attend to some key of [begin, begin + count) under a bool mask
// that all heads share; true for other masks. Sliding windows leave most of a cache's blocks out.
inline bool anyKept(const Attention& a, int64_t queryBegin, int64_t queryEnd, int64_t begin, int64_t count) {
  if (a.boolMask == nullptr || a.maskHeadStride != 0) return true;
  for (int64_t query = queryBegin; query < queryEnd; ++query) {
    const uint8_t* keep = a.boolMask + query * a.maskRowStride + begin;
    uint8_t any = 0;
    for (int64_t i = 0; i < count; ++i) any |= keep[i];
    if (any != 0) return true;
    if (a.maskRowStride == 0) return false;
  }
  return false;
}

// Turns scores into weights relative to the running maximum and scales what was summed so far to it.
inline void advanceSoftmax(float* scores, int64_t count, float* acc, int64_t valueDim, float& runningMax, float& sum) {
  const float largest = largestOf(scores, count);
  const float next = largest > runningMax ? largest : runningMax;
  const float shift = next == kNegativeInfinity ? 0 : next;
  const float added = exponentials(scores, scores, count, shift);
  if (next != runningMax) {
    const float correction = exp(set1(runningMax - shift))[0];
    if (sum != 0) map(acc, acc, valueDim, [&](Vf v, int64_t, int64_t) { return v * correction; });
    sum *= correction;
    runningMax = next;
  }
  sum += added;
}

inline void writeRow(const Attention& a, const AttentionRow& row, const float* acc, float sum) {
  const float scale = sum > 0 ? 1.0f / sum : 0.0f; // a row that sees no key is 0
  map(acc, a.out + row.head * a.outHeadStride + row.query * a.outRowStride, a.valueDim,
      [&](Vf v, int64_t, int64_t) { return v * scale; });
}

} // namespace pteron::cpu::PTERON_TARGET
