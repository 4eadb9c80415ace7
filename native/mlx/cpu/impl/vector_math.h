// Vector helpers that need no particular instruction set: typed loads, reductions of arrays, exp, tanh, erf, sin, cos.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// kLanes elements from index i of an array in any storage, as floats.
template <Storage S> inline Vf loadAs(const void* p, int64_t i) {
  if constexpr (S == Storage::F32)
    return load(static_cast<const float*>(p) + i);
  else if constexpr (S == Storage::F16)
    return loadF16(static_cast<const uint16_t*>(p) + i);
  else
    return loadBf16(static_cast<const uint16_t*>(p) + i);
}

// The first n of them (n ≤ kLanes), the rest 0; nothing behind them is read.
template <Storage S> inline Vf loadPartialAs(const void* p, int64_t i, int64_t n) {
  if constexpr (S == Storage::F32)
    return loadPartial(static_cast<const float*>(p) + i, n);
  else {
    uint16_t copy[kLanes] = {};
    const uint16_t* from = static_cast<const uint16_t*>(p) + i;
    for (int64_t j = 0; j < n; ++j) copy[j] = from[j];
    return loadAs<S>(copy, 0);
  }
}

inline Vf loadTyped(Storage type, const void* p, int64_t i, int64_t n) {
  if (n >= kLanes) {
    switch (type) {
    case Storage::F32: return loadAs<Storage::F32>(p, i);
    case Storage::F16: return loadAs<Storage::F16>(p, i);
    default: return loadAs<Storage::BF16>(p, i);
    }
  }
  switch (type) {
  case Storage::F32: return loadPartialAs<Storage::F32>(p, i, n);
  case Storage::F16: return loadPartialAs<Storage::F16>(p, i, n);
  default: return loadPartialAs<Storage::BF16>(p, i, n);
  }
}

// Calls body(storage constant) with the type as a compile-time value.
template <Storage S> struct StorageConstant {
  static constexpr Storage value = S;
};
template <class Body> inline void withStorage(Storage type, Body body) {
  switch (type) {
  case Storage::F32: body(StorageConstant<Storage::F32>{}); break;
  case Storage::F16: body(StorageConstant<Storage::F16>{}); break;
  case Storage::BF16: body(StorageConstant<Storage::BF16>{}); break;
  }
}

inline Vf absolute(Vf v) { return bitsToFloat(floatToBits(v) & 0x7fffffff); }
inline Vf clampTo(Vf v, float low, float high) { return min(max(v, set1(low)), set1(high)); }

// To the nearest integer (ties to even), |v| < 2^22: adding 1.5 · 2^23 leaves it in the low mantissa bits.
inline Vf roundNearest(Vf v, Vi& integer) {
  const Vf magic = set1(12582912.0f);
  Vf shifted = v + magic;
  integer = floatToBits(shifted) - floatToBits(magic);
  return shifted - magic;
}

// Relative error below 2e-7; 0 below -87.3, the result at 88.4 above that; NaN stays NaN.
inline Vf exp(Vf x) {
  const Vf clamped = clampTo(x, -87.3f, 88.3762f);
  Vi n;
  const Vf whole = roundNearest(clamped * 1.44269504f, n);
  Vf r = fma(whole, set1(-0.693359375f), clamped);
  r = fma(whole, set1(2.12194440e-4f), r);
  Vf p = set1(1.9875691500e-4f);
  p = fma(p, r, set1(1.3981999507e-3f));
  p = fma(p, r, set1(8.3334519073e-3f));
  p = fma(p, r, set1(4.1665795894e-2f));
  p = fma(p, r, set1(1.6666665459e-1f));
  p = fma(p, r, set1(5.0000001201e-1f));
  p = fma(p, r * r, r + 1.0f);
  const Vf result = p * bitsToFloat((n + 127) << 23);
  const Vf kept = x < -87.3f ? Vf{} : result;
  return x != x ? x : kept;
}

inline Vf sigmoid(Vf x) { return 1.0f / (1.0f + exp(-x)); }

// Near 0 by its series, where 1 - 2 / (e^2x + 1) would cancel.
inline Vf tanh(Vf x) {
  const Vf a = absolute(x), s = x * x;
  const Vf far = 1.0f - 2.0f / (exp(2.0f * a) + 1.0f);
  Vf near = set1(-5.70498872745e-3f);
  near = fma(near, s, set1(2.06390887954e-2f));
  near = fma(near, s, set1(-5.37397155531e-2f));
  near = fma(near, s, set1(1.33314422036e-1f));
  near = fma(near, s, set1(-3.33332819422e-1f));
  near = fma(near, s * a, a);
  const Vf magnitude = a < 0.625f ? near : far;
  return bitsToFloat(floatToBits(magnitude) | (floatToBits(x) & INT32_MIN));
}

// A rational approximation on [-4, 4], 1 beyond; absolute error below 3e-7.
inline Vf erf(Vf x) {
  const Vf c = clampTo(x, -4.0f, 4.0f), s = c * c;
  Vf p = set1(-2.72614225801306e-10f);
  p = fma(p, s, set1(2.77068142495902e-08f));
  p = fma(p, s, set1(-2.10102402082508e-06f));
  p = fma(p, s, set1(-5.69250639462346e-05f));
  p = fma(p, s, set1(-7.34990630326855e-04f));
  p = fma(p, s, set1(-2.95459980854025e-03f));
  p = fma(p, s, set1(-1.60960333262415e-02f));
  Vf q = set1(-1.45660718464996e-05f);
  q = fma(q, s, set1(-2.13374055278905e-04f));
  q = fma(q, s, set1(-1.68282697438203e-03f));
  q = fma(q, s, set1(-7.37332916720468e-03f));
  q = fma(q, s, set1(-1.42647390514189e-02f));
  const Vf result = c * p / q;
  return x != x ? x : result;
}

// Both at once, |x| < 1e5: subtract the nearest multiple of π/2 in three steps, then a polynomial on [-π/4, π/4].
inline void sinCos(Vf x, Vf& sine, Vf& cosine) {
  Vi quadrant;
  const Vf n = roundNearest(x * 0.636619772f, quadrant);
  Vf r = fma(n, set1(-1.5703125f), x);
  r = fma(n, set1(-4.837512969970703e-4f), r);
  r = fma(n, set1(-7.54978995489188e-8f), r);
  const Vf s = r * r;
  Vf sp = set1(-1.9515295891e-4f);
  sp = fma(sp, s, set1(8.3321608736e-3f));
  sp = fma(sp, s, set1(-1.6666654611e-1f));
  sp = fma(sp, s * r, r);
  Vf cp = set1(2.443315711809948e-5f);
  cp = fma(cp, s, set1(-1.388731625493765e-3f));
  cp = fma(cp, s, set1(4.166664568298827e-2f));
  cp = fma(cp, s * s, 1.0f - 0.5f * s);
  const Vi odd = (quadrant & 1) != 0;
  const Vf sineMagnitude = odd ? cp : sp, cosineMagnitude = odd ? sp : cp;
  sine = bitsToFloat(floatToBits(sineMagnitude) ^ ((quadrant & 2) << 30));
  cosine = bitsToFloat(floatToBits(cosineMagnitude) ^ (((quadrant + 1) & 2) << 30));
}

// Runs body(index, count, load, store) style loops: full vectors, then the rest.
template <class Body> inline void map(const float* x, float* y, int64_t count, Body body) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, body(load(x + i), i, int64_t{kLanes}));
  if (i < count) storePartial(y + i, body(loadPartial(x + i, count - i), i, count - i), count - i);
}

} // namespace pteron::cpu::PTERON_TARGET
