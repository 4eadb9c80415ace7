// 512-bit vectors: AVX-512 F, BW, VL, DQ with VNNI (int8 dot products) and VBMI (bit fields of any width).
#pragma once

#define PTERON_TARGET avx512vnni

#include "vector_types.h"

#include <immintrin.h>

namespace pteron::cpu::avx512vnni {

constexpr int kLanes = 16;
PTERON_VECTOR_TYPES(kLanes)

inline __mmask16 first(int64_t n) { return static_cast<__mmask16>((1u << n) - 1); }
inline Vf load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, Vf v) { _mm512_storeu_ps(p, v); }
inline Vf loadPartial(const float* p, int64_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
inline void storePartial(float* p, Vf v, int64_t n) { _mm512_mask_storeu_ps(p, first(n), v); }

// Lanes from n on become 0.
inline Vf keepFirst(Vf v, int64_t n) { return _mm512_maskz_mov_ps(first(n), v); }

inline Vf set1(float value) { return _mm512_set1_ps(value); }
inline Vf fma(Vf a, Vf b, Vf c) { return _mm512_fmadd_ps(a, b, c); }
inline Vf max(Vf a, Vf b) { return _mm512_max_ps(a, b); }
inline Vf min(Vf a, Vf b) { return _mm512_min_ps(a, b); }
inline Vf toFloat(Vi v) { return _mm512_cvtepi32_ps(reinterpret_cast<__m512i>(v)); }
inline float reduceAdd(Vf v) { return _mm512_reduce_add_ps(v); }
inline float reduceMax(Vf v) { return _mm512_reduce_max_ps(v); }

inline Vf widenBf16(__m256i halves) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}
inline Vf loadBf16(const uint16_t* p) { return widenBf16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
inline Vf loadF16(const uint16_t* p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}

inline void storeAsBytes(int8_t* p, Vi v) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(v)));
}
inline void storeAsHalves(uint16_t* p, Vi v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(reinterpret_cast<__m512i>(v)));
}

inline void transpose(Vf (&r)[kLanes]) {
  __m512 t[kLanes];
  for (int i = 0; i < kLanes; i += 2) {
    t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
  }
  __m512 u[kLanes];
  for (int i = 0; i < kLanes; i += 4)
    for (int j = 0; j < 2; ++j) {
      const __m512d a = _mm512_castps_pd(t[i + j]), b = _mm512_castps_pd(t[i + j + 2]);
      u[i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      u[i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  // u[4 b + j] holds, in each 128-bit lane l, column 4 l + j of rows 4 b … 4 b + 3: transpose the lanes.
  for (int j = 0; j < 4; ++j) {
    const __m512 even01 = _mm512_shuffle_f32x4(u[j], u[4 + j], 0x88),
                 odd01 = _mm512_shuffle_f32x4(u[j], u[4 + j], 0xdd);
    const __m512 even23 = _mm512_shuffle_f32x4(u[8 + j], u[12 + j], 0x88),
                 odd23 = _mm512_shuffle_f32x4(u[8 + j], u[12 + j], 0xdd);
    r[j] = _mm512_shuffle_f32x4(even01, even23, 0x88);
    r[8 + j] = _mm512_shuffle_f32x4(even01, even23, 0xdd);
    r[4 + j] = _mm512_shuffle_f32x4(odd01, odd23, 0x88);
    r[12 + j] = _mm512_shuffle_f32x4(odd01, odd23, 0xdd);
  }
}

// Lane i: the sum of r[i]'s lanes.
inline Vf reduceEach(const Vf (&r)[kLanes]) {
  __m512 quads[4]; // lane 4 l + i: what 128-bit lane l adds to the sum of r[4 j + i]
  for (int j = 0; j < 4; ++j) {
    const auto pair = [&](int i) {
      return _mm512_add_ps(_mm512_unpacklo_ps(r[i], r[i + 1]), _mm512_unpackhi_ps(r[i], r[i + 1]));
    };
    const __m512d a = _mm512_castps_pd(pair(4 * j)), b = _mm512_castps_pd(pair(4 * j + 2));
    quads[j] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)), _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
  }
  const auto fold = [](__m512 a, __m512 b) {
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
  };
  return fold(fold(quads[0], quads[1]), fold(quads[2], quads[3]));
}

// 64 codes at a time, in order. Eight codes of b bits are b bytes: spread those over a 64-bit lane each, then take the
// eight bit fields apart.
constexpr int kChunk = 64;
struct Codes {
  __m512i values;
};

template <int Bits> struct UnpackTables {
  struct Bytes {
    alignas(64) uint8_t values[64];
  };
  static constexpr Bytes spread() {
    Bytes t{};
    for (int i = 0; i < 64; ++i) t.values[i] = static_cast<uint8_t>((i / 8 * Bits + i % 8) & 63);
    return t;
  }
  static constexpr Bytes shifts() {
    Bytes t{};
    for (int i = 0; i < 64; ++i) t.values[i] = static_cast<uint8_t>(i % 8 * Bits);
    return t;
  }
  static constexpr Bytes kSpread = spread(), kShifts = shifts();
};

template <int Bits> inline Codes spreadCodes(__m512i packed) {
  if constexpr (Bits == 8) return {packed};
  using Tables = UnpackTables<Bits>;
  const __m512i lanes = _mm512_permutexvar_epi8(_mm512_load_si512(Tables::kSpread.values), packed);
  const __m512i fields = _mm512_multishift_epi64_epi8(_mm512_load_si512(Tables::kShifts.values), lanes);
  return {_mm512_and_si512(fields, _mm512_set1_epi8((1 << Bits) - 1))};
}

// A whole vector is loaded whatever the width: masked loads are not prefetched for (seen: a fifth of the bandwidth).
template <int Bits> constexpr int kUnpackReads = 64;
template <int Bits> inline Codes unpack(const uint8_t* p) { return spreadCodes<Bits>(_mm512_loadu_si512(p)); }
// Reads only `available` bytes (< 64).
template <int Bits> inline Codes unpackTail(const uint8_t* p, int64_t available) {
  return spreadCodes<Bits>(_mm512_maskz_loadu_epi8((uint64_t{1} << available) - 1, p));
}

// Each code (below 16) replaced by its entry.
inline Codes lookUp(Codes codes, const uint8_t (&table)[16]) {
  const __m128i entries = _mm_load_si128(reinterpret_cast<const __m128i*>(table));
  return {_mm512_shuffle_epi8(_mm512_broadcast_i32x4(entries), codes.values)};
}

inline void storeCodes(uint8_t* p, Codes codes) { _mm512_storeu_si512(p, codes.values); }
inline Vf codesToBits(Codes codes) { return _mm512_castsi512_ps(codes.values); }

// Partial sums of (codes - kCodeOffset<Bits>) · x; their total is the dot product of the chunk.
template <int Bits> constexpr int kCodeOffset = 0;
template <int Bits> inline Vi dot(Codes codes, const int8_t* x) {
  return reinterpret_cast<Vi>(_mm512_dpbusd_epi32(_mm512_setzero_si512(), codes.values, _mm512_loadu_si512(x)));
}

// Adds to each lane the dot product of its four codes with the same four activations.
template <int Bits> inline Vi dotQuad(Vi sum, Vi codes, int32_t x) {
  return reinterpret_cast<Vi>(
      _mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(codes), _mm512_set1_epi32(x)));
}

// The factor of each lane of dot()'s result for chunk c, from the factors of all groups (three may be read behind them).
template <int Group> inline Vf spread(const float* factors, int64_t c) {
  if constexpr (Group > 32) return _mm512_set1_ps(factors[c * kChunk / Group]);
  if constexpr (Group == 16) {
    const __m512i quarters = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    return _mm512_permutexvar_ps(quarters, _mm512_castps128_ps512(_mm_loadu_ps(factors + 4 * c)));
  }
  const __m512i halves = _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m128 pair = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(factors + 2 * c)));
  return _mm512_permutexvar_ps(halves, _mm512_castps128_ps512(pair));
}

// kLanes codes as floats.
inline Vf codesToFloat(const uint8_t* p) {
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}

} // namespace pteron::cpu::avx512vnni
