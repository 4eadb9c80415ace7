// Activations to int8, and packed weights back to codes and floats.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

inline int64_t groupsOf(const QuantizedMatrix& w) { return w.columns / w.group; }
inline const uint8_t* codesOf(const QuantizedMatrix& w, int64_t row) {
  return reinterpret_cast<const uint8_t*>(w.words) + row * (w.columns / 8 * w.bits);
}

// Scales (or biases) [g, g + n) of a row, zeros behind.
inline Vf loadScales(const QuantizedMatrix& w, int64_t row, int64_t g, int64_t n) {
  return loadTyped(w.scaleType, w.scales, row * groupsOf(w) + g, n);
}
inline Vf loadBiases(const QuantizedMatrix& w, int64_t row, int64_t g, int64_t n) {
  if (w.symmetric) return loadScales(w, row, g, n) * static_cast<float>(-(1 << (w.bits - 1)));
  return loadTyped(w.scaleType, w.biases, row * groupsOf(w) + g, n);
}

// Calls body(Bits constant).
template <int N> struct IntConstant {
  static constexpr int value = N;
};
template <class Body> inline void withBits(int bits, Body body) {
  switch (bits) {
  case 2: body(IntConstant<2>{}); break;
  case 3: body(IntConstant<3>{}); break;
  case 4: body(IntConstant<4>{}); break;
  case 5: body(IntConstant<5>{}); break;
  case 6: body(IntConstant<6>{}); break;
  default: body(IntConstant<8>{}); break;
  }
}
template <class Body> inline void withBitsAndGroup(const QuantizedMatrix& w, Body body) {
  withBits(w.bits, [&](auto bits) {
    switch (w.group) {
    case 32: body(bits, IntConstant<32>{}); break;
    case 64: body(bits, IntConstant<64>{}); break;
    default: body(bits, IntConstant<128>{}); break;
    }
  });
}

// A chunk's codes at p; the matrix ends at `end`, behind which nothing is read. Codes behind the row's end, where a chunk
// is longer than what is left of the row, are arbitrary.
template <int Bits> inline Codes unpackBefore(const uint8_t* p, const uint8_t* end) {
  return end - p >= kUnpackReads<Bits> ? unpack<Bits>(p) : unpackTail<Bits>(p, end - p);
}

// Codes [from, from + count) of a row, one a byte, both multiples of 32; `codes` holds count rounded up to kCodePad.
template <int Bits>
inline void unpackCodes(const QuantizedMatrix& w, int64_t row, int64_t from, int64_t count, uint8_t* codes) {
  const uint8_t *p = codesOf(w, row) + from / 8 * Bits, *end = codesOf(w, w.rows);
  for (int64_t i = 0; i < count; i += kChunk, p += kChunk / 8 * Bits) storeCodes(codes + i, unpackBefore<Bits>(p, end));
}

inline void quantizeRow(const float* x, int64_t k, int group, int8_t* codes, float* scales, float* sums,
                        int32_t* codeSums) {
  for (int64_t g = 0; g * group < k; ++g) {
    const float* from = x + g * group;
    Vf largest{};
    for (int i = 0; i < group; i += kLanes) largest = max(largest, absolute(load(from + i)));
    const float peak = reduceMax(largest);
    const float inverse = peak > 1e-30f ? 127.0f / peak : 0.0f;
    Vi total{};
    for (int i = 0; i < group; i += kLanes) {
      Vi code;
      roundNearest(load(from + i) * inverse, code);
      total += code;
      storeAsBytes(codes + g * group + i, code);
    }
    int32_t sum = 0;
    for (int i = 0; i < kLanes; ++i) sum += total[i];
    scales[g] = peak / 127.0f;
    sums[g] = scales[g] * static_cast<float>(sum);
    codeSums[g] = sum;
  }
}

inline void groupSums(const float* x, int64_t k, int group, float* sums) {
  for (int64_t g = 0; g * group < k; ++g) {
    Vf sum{};
    for (int i = 0; i < group; i += kLanes) sum += load(x + g * group + i);
    sums[g] = reduceAdd(sum);
  }
}

// y[from … to) of a row, both multiples of the group.
template <int Bits>
inline void dequantizeRange(const QuantizedMatrix& w, int64_t row, int64_t from, int64_t to, float* y) {
  constexpr int64_t kSpan = 1024;
  uint8_t codes[kSpan + kCodePad];
  float scales[kSpan / 32 + kLanes], biases[kSpan / 32 + kLanes];
  for (int64_t at = from; at < to; at += kSpan) {
    const int64_t count = least(to - at, kSpan), groups = count / w.group;
    unpackCodes<Bits>(w, row, at, count, codes);
    for (int64_t g = 0; g < groups; g += kLanes) {
      store(scales + g, loadScales(w, row, at / w.group + g, groups - g));
      store(biases + g, loadBiases(w, row, at / w.group + g, groups - g));
    }
    for (int64_t g = 0; g < groups; ++g) {
      const Vf scale = set1(scales[g]), bias = set1(biases[g]);
      for (int64_t i = g * w.group; i < (g + 1) * w.group; i += kLanes)
        store(y + at - from + i, fma(codesToFloat(codes + i), scale, bias));
    }
  }
}

inline void dequantizeRow(const QuantizedMatrix& w, int64_t row, float* y) {
  withBits(w.bits, [&](auto bits) { dequantizeRange<bits.value>(w, row, 0, w.columns, y); });
}

} // namespace pteron::cpu::PTERON_TARGET
