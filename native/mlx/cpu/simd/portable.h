// 128-bit vectors in the compiler's own vector language: SSE2 on x86-64, NEON on aarch64.
#pragma once

#define PTERON_TARGET portable

#include "vector_types.h"

namespace pteron::cpu::portable {

constexpr int kLanes = 4;
PTERON_VECTOR_TYPES(kLanes)

inline Vf load(const float* p) {
  Vf v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
inline void store(float* p, Vf v) { __builtin_memcpy(p, &v, sizeof v); }
inline Vf loadPartial(const float* p, int64_t n) {
  Vf v{};
  for (int64_t i = 0; i < n; ++i) v[i] = p[i];
  return v;
}
inline void storePartial(float* p, Vf v, int64_t n) {
  for (int64_t i = 0; i < n; ++i) p[i] = v[i];
}

// Lanes from n on become 0.
inline Vf keepFirst(Vf v, int64_t n) {
  for (int64_t i = n; i < kLanes; ++i) v[i] = 0;
  return v;
}

inline Vf set1(float value) { return Vf{value, value, value, value}; }
inline Vf fma(Vf a, Vf b, Vf c) { return a * b + c; }
inline Vf max(Vf a, Vf b) { return a > b ? a : b; }
inline Vf min(Vf a, Vf b) { return a < b ? a : b; }
inline Vf toFloat(Vi v) { return __builtin_convertvector(v, Vf); }
inline float reduceAdd(Vf v) { return (v[0] + v[2]) + (v[1] + v[3]); }
inline float reduceMax(Vf v) {
  const float a = v[0] > v[2] ? v[0] : v[2], b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}

// 16-bit floats, widened. Half: shift exponent and mantissa into place, then scale by 2^112; where that leaves the
// exponent of a finite number the input was infinite or NaN.
inline Vf loadBf16(const uint16_t* p) {
  Vi bits{};
  for (int i = 0; i < kLanes; ++i) bits[i] = static_cast<int32_t>(static_cast<uint32_t>(p[i]) << 16);
  return bitsToFloat(bits);
}
inline Vf loadF16(const uint16_t* p) {
  Vi h{};
  for (int i = 0; i < kLanes; ++i) h[i] = p[i];
  const Vf scaled = bitsToFloat((h & 0x7fff) << 13) * bitsToFloat(Vi{} + 0x77800000);
  const Vi special = (h & 0x7c00) == 0x7c00;
  const Vi magnitude = special ? (floatToBits(scaled) | 0x7f800000) : floatToBits(scaled);
  return bitsToFloat(magnitude | ((h & 0x8000) << 16));
}

// The low bytes or halves of each lane.
inline void storeAsBytes(int8_t* p, Vi v) {
  for (int i = 0; i < kLanes; ++i) p[i] = static_cast<int8_t>(v[i]);
}
inline void storeAsHalves(uint16_t* p, Vi v) {
  for (int i = 0; i < kLanes; ++i) p[i] = static_cast<uint16_t>(v[i]);
}

inline void transpose(Vf (&r)[kLanes]) {
  float t[kLanes][kLanes];
  for (int i = 0; i < kLanes; ++i) store(t[i], r[i]);
  for (int i = 0; i < kLanes; ++i) r[i] = Vf{t[0][i], t[1][i], t[2][i], t[3][i]};
}

// Lane i: the sum of r[i]'s lanes.
inline Vf reduceEach(const Vf (&r)[kLanes]) {
  return Vf{reduceAdd(r[0]), reduceAdd(r[1]), reduceAdd(r[2]), reduceAdd(r[3])};
}

// 32 codes at a time, in order.
constexpr int kChunk = 32;
struct Codes {
  uint8_t values[kChunk];
};

template <int Bits> inline Codes unpack(const uint8_t* p) {
  Codes codes;
  for (int i = 0; i < kChunk / 8; ++i, p += Bits) {
    uint64_t word = 0;
    for (int b = 0; b < Bits; ++b) word |= static_cast<uint64_t>(p[b]) << (8 * b);
    for (int j = 0; j < 8; ++j)
      codes.values[8 * i + j] = static_cast<uint8_t>((word >> (j * Bits)) & ((1u << Bits) - 1));
  }
  return codes;
}
template <int Bits> constexpr int kUnpackReads = 4 * Bits; // just the codes' own bytes
template <int Bits> inline Codes unpackTail(const uint8_t* p, int64_t) { return unpack<Bits>(p); }

// Each code (below 16) replaced by its entry.
inline Codes lookUp(Codes codes, const uint8_t (&table)[16]) {
  for (uint8_t& code : codes.values) code = table[code & 15];
  return codes;
}

inline void storeCodes(uint8_t* p, Codes codes) { __builtin_memcpy(p, &codes, kChunk); }

inline Codes loadCodes(const uint8_t* p) {
  Codes codes;
  __builtin_memcpy(&codes, p, kChunk);
  return codes;
}

// Partial sums of (codes - kCodeOffset<Bits>) · x; their total is the dot product of the chunk.
template <int Bits> constexpr int kCodeOffset = 0;
template <int Bits> inline Vi dot(Codes codes, const int8_t* x) {
  Vi sum{};
  for (int j = 0; j < kLanes; ++j)
    for (int i = j * kChunk / kLanes; i < (j + 1) * kChunk / kLanes; ++i)
      sum[j] += static_cast<int32_t>(codes.values[i]) * x[i];
  return sum;
}

// The factor of each lane of dot()'s result for chunk c, from the factors of all groups.
template <int Group> inline Vf spread(const float* factors, int64_t c) {
  if constexpr (Group >= kChunk) return set1(factors[c * kChunk / Group]);
  const float first = factors[2 * c], second = factors[2 * c + 1];
  return Vf{first, first, second, second};
}

// kLanes codes as floats.
inline Vf codesToFloat(const uint8_t* p) { return Vf{float(p[0]), float(p[1]), float(p[2]), float(p[3])}; }

} // namespace pteron::cpu::portable
