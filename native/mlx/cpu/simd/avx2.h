// 256-bit vectors: AVX2, FMA and F16C.
#pragma once

#define PTERON_TARGET avx2

#include "vector_types.h"

#include <immintrin.h>

namespace pteron::cpu::avx2 {

constexpr int kLanes = 8;
PTERON_VECTOR_TYPES(kLanes)

inline __m256i first(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline Vf load(const float* p) { return _mm256_loadu_ps(p); }
inline void store(float* p, Vf v) { _mm256_storeu_ps(p, v); }
inline Vf loadPartial(const float* p, int64_t n) { return _mm256_maskload_ps(p, first(n)); }
inline void storePartial(float* p, Vf v, int64_t n) { _mm256_maskstore_ps(p, first(n), v); }

// Lanes from n on become 0.
inline Vf keepFirst(Vf v, int64_t n) { return _mm256_and_ps(v, _mm256_castsi256_ps(first(n))); }

inline Vf set1(float value) { return _mm256_set1_ps(value); }
inline Vf fma(Vf a, Vf b, Vf c) { return _mm256_fmadd_ps(a, b, c); }
inline Vf max(Vf a, Vf b) { return _mm256_max_ps(a, b); }
inline Vf min(Vf a, Vf b) { return _mm256_min_ps(a, b); }
inline Vf toFloat(Vi v) { return _mm256_cvtepi32_ps(reinterpret_cast<__m256i>(v)); }
inline float reduceAdd(Vf v) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
inline float reduceMax(Vf v) {
  __m128 s = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}

inline __m128i loadHalves(const uint16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
inline Vf loadBf16(const uint16_t* p) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(loadHalves(p)), 16));
}
inline Vf loadF16(const uint16_t* p) { return _mm256_cvtph_ps(loadHalves(p)); }

// The low bytes or halves of each lane: gathered within the 128-bit lanes, then together.
inline void storeAsBytes(int8_t* p, Vi v) {
  const __m256i pick = _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8, 12, -1,
                                        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i bytes = _mm256_shuffle_epi8(reinterpret_cast<__m256i>(v), pick);
  const __m128i joined = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), joined);
}
inline void storeAsHalves(uint16_t* p, Vi v) {
  const __m256i pick = _mm256_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 4, 5, 8, 9, 12,
                                        13, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i halves = _mm256_shuffle_epi8(reinterpret_cast<__m256i>(v), pick);
  const __m128i joined = _mm_unpacklo_epi64(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), joined);
}

inline void transpose(Vf (&r)[kLanes]) {
  __m256 t[kLanes], u[kLanes];
  for (int i = 0; i < kLanes; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < kLanes; i += 4)
    for (int j = 0; j < 2; ++j) {
      u[i + 2 * j] = _mm256_shuffle_ps(t[i + j], t[i + j + 2], 0x44);
      u[i + 2 * j + 1] = _mm256_shuffle_ps(t[i + j], t[i + j + 2], 0xee);
    }
  for (int j = 0; j < 4; ++j) {
    r[j] = _mm256_permute2f128_ps(u[j], u[4 + j], 0x20);
    r[4 + j] = _mm256_permute2f128_ps(u[j], u[4 + j], 0x31);
  }
}

// Lane i: the sum of r[i]'s lanes.
inline Vf reduceEach(const Vf (&r)[kLanes]) {
  const __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(r[0], r[1]), _mm256_hadd_ps(r[2], r[3]));
  const __m256 b = _mm256_hadd_ps(_mm256_hadd_ps(r[4], r[5]), _mm256_hadd_ps(r[6], r[7]));
  return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}

// 32 codes at a time, in order.
constexpr int kChunk = 32;
struct Codes {
  __m256i values;
};

inline __m256i loadTwice(const uint8_t* low, const uint8_t* high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(low))),
                                 _mm_loadu_si128(reinterpret_cast<const __m128i*>(high)), 1);
}

// 3, 5 and 6 bits: two bytes around each code become a 16-bit lane, a multiplication moves the code to its top, a shift
// to its bottom. Sixteen codes (2 · Bits bytes) a register; the second register's bytes start where 16 bytes still fit.
template <int Bits> struct UnpackTables {
  static constexpr int kBytes = 4 * Bits; // of 32 codes
  struct Bytes {
    alignas(32) uint8_t values[32];
  };
  struct Words {
    alignas(32) uint16_t values[16];
  };
  // Byte positions of 16 codes, whose first lies `start` bytes into the loaded lane.
  static constexpr Bytes picks(int start) {
    Bytes t{};
    for (int i = 0; i < 16; ++i) {
      const int byte = start + i * Bits / 8;
      t.values[2 * i] = static_cast<uint8_t>(byte);
      t.values[2 * i + 1] = static_cast<uint8_t>(byte + 1 < 16 ? byte + 1 : 0x80);
    }
    return t;
  }
  static constexpr Words factors() {
    Words t{};
    for (int i = 0; i < 16; ++i) t.values[i] = static_cast<uint16_t>(1u << (16 - Bits - i * Bits % 8));
    return t;
  }
  static constexpr int kSecondLoad = kBytes > 16 ? kBytes - 16 : 0;
  static constexpr Bytes kFirst = picks(0), kSecond = picks(2 * Bits - kSecondLoad);
  static constexpr Words kFactors = factors();
};

template <int Bits> inline __m256i loadAligned(const uint16_t* p) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
}

template <int Bits> inline Codes unpack(const uint8_t* p) {
  if constexpr (Bits == 8) return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  if constexpr (Bits == 4) {
    const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), mask = _mm_set1_epi8(15);
    const __m128i even = _mm_and_si128(packed, mask), odd = _mm_and_si128(_mm_srli_epi16(packed, 4), mask);
    return {
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_unpacklo_epi8(even, odd)), _mm_unpackhi_epi8(even, odd), 1)};
  }
  if constexpr (Bits == 2) { // every byte four times, each copy shifted by a multiplication to its own field
    const __m128i packed = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    const __m256i copies = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(packed),
                                               _mm256_setr_epi8(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4,
                                                                4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7));
    const __m256i low = _mm256_and_si256(copies, _mm256_set1_epi32(0x00030003));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(copies, 2), _mm256_set1_epi32(0x03000300));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(copies, 4), _mm256_set1_epi32(0x00030000));
    const __m256i top = _mm256_and_si256(_mm256_srli_epi16(copies, 6), _mm256_set1_epi32(0x03000000));
    const __m256i firstPair = _mm256_and_si256(_mm256_or_si256(low, high), _mm256_set1_epi32(0x00000303));
    return {_mm256_or_si256(firstPair, _mm256_or_si256(upper, top))};
  }
  if constexpr (Bits == 3 || Bits == 5 || Bits == 6) {
    using Tables = UnpackTables<Bits>;
    __m128i a, b;
    if constexpr (Tables::kBytes > 16) {
      a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + Tables::kSecondLoad));
    } else {
      int32_t tail;
      __builtin_memcpy(&tail, p + 8, 4);
      a = b = _mm_insert_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)), tail, 2);
    }
    const __m256i factors = _mm256_load_si256(reinterpret_cast<const __m256i*>(Tables::kFactors.values));
    const auto widen = [&](__m128i bytes, const uint8_t* picks) {
      const __m256i pick = _mm256_load_si256(reinterpret_cast<const __m256i*>(picks));
      const __m256i pairs = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), pick);
      return _mm256_srli_epi16(_mm256_mullo_epi16(pairs, factors), 16 - Bits);
    };
    const __m256i first = widen(a, Tables::kFirst.values), second = widen(b, Tables::kSecond.values);
    return {_mm256_permute4x64_epi64(_mm256_packus_epi16(first, second), 0xd8)};
  }
}
template <int Bits> constexpr int kUnpackReads = 4 * Bits; // just the codes' own bytes
template <int Bits> inline Codes unpackTail(const uint8_t* p, int64_t) { return unpack<Bits>(p); }

// Each code (below 16) replaced by its entry.
inline Codes lookUp(Codes codes, const uint8_t (&table)[16]) {
  const __m128i entries = _mm_load_si128(reinterpret_cast<const __m128i*>(table));
  return {_mm256_shuffle_epi8(_mm256_broadcastsi128_si256(entries), codes.values)};
}

inline void storeCodes(uint8_t* p, Codes codes) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), codes.values); }
inline Vf codesToBits(Codes codes) { return _mm256_castsi256_ps(codes.values); }

// Products of unsigned codes with signed activations are added in pairs of 16 bits: up to 6 bits that cannot overflow.
// 8-bit codes are therefore taken as signed, less 128; their sign moves to the activations, |−128| is 128 unsigned, and
// 2 · 128 · 127 fits.
template <int Bits> constexpr int kCodeOffset = Bits == 8 ? 128 : 0;
template <int Bits> inline __m256i pairSums(__m256i codes, __m256i x) {
  if constexpr (Bits < 8) return _mm256_maddubs_epi16(codes, x);
  const __m256i centred = _mm256_xor_si256(codes, _mm256_set1_epi8(-128));
  return _mm256_maddubs_epi16(_mm256_abs_epi8(centred), _mm256_sign_epi8(x, centred));
}

// Partial sums of (codes - kCodeOffset<Bits>) · x; their total is the dot product of the chunk.
template <int Bits> inline Vi dot(Codes codes, const int8_t* x) {
  const __m256i pairs = pairSums<Bits>(codes.values, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x)));
  return reinterpret_cast<Vi>(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

// Adds to each lane the dot product of its four codes with the same four activations.
template <int Bits> inline Vi dotQuad(Vi sum, Vi codes, int32_t x) {
  const __m256i pairs = pairSums<Bits>(reinterpret_cast<__m256i>(codes), _mm256_set1_epi32(x));
  return sum + reinterpret_cast<Vi>(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

// The factor of each lane of dot()'s result for chunk c, from the factors of all groups.
template <int Group> inline Vf spread(const float* factors, int64_t c) {
  if constexpr (Group >= kChunk) return set1(factors[c * kChunk / Group]);
  return _mm256_set_m128(_mm_broadcast_ss(factors + 2 * c + 1), _mm_broadcast_ss(factors + 2 * c));
}

// kLanes codes as floats.
inline Vf codesToFloat(const uint8_t* p) {
  return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
}

} // namespace pteron::cpu::avx2
