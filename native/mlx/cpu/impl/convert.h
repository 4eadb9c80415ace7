// Conversion between storages, to the nearest value with ties to even.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

// Bits of kLanes floats rounded to bf16 (in the low halves); NaN stays NaN.
inline Vi roundToBf16(Vf v) {
  const Vi bits = floatToBits(v);
  const Vi rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Vi quiet = (bits >> 16) | 0x40;
  return (v != v) ? quiet : rounded;
}

// The same for half precision. Scaling by 2^112 and 2^-112 makes the addition round at the half's last place and
// overflow to infinity; subnormal results get a fixed last place.
inline Vi roundToF16(Vf v) {
  const Vi bits = floatToBits(v), sign = (bits >> 16) & 0x8000;
  const Vf a = absolute(v);
  Vf base = a * bitsToFloat(Vi{} + 0x77800000) * bitsToFloat(Vi{} + 0x08800000);
  const Vi twice = bits + bits;
  Vi bias = twice & static_cast<int32_t>(0xff000000u);
  const Vi low = (bias >= 0) & (bias < 0x71000000); // as unsigned: exponent below the half's smallest normal
  bias = low ? Vi{} + 0x71000000 : bias;
  base = bitsToFloat(((bias >> 1) & 0x7fffffff) + 0x07800000) + base;
  const Vi result = floatToBits(base);
  const Vi finite = ((result >> 13) & 0x7c00) + (result & 0x0fff);
  return sign | (v != v ? Vi{} + 0x7e00 : finite);
}

template <Storage S> inline void storeAs(void* p, int64_t i, Vf v, int64_t n) {
  if constexpr (S == Storage::F32) {
    if (n == kLanes)
      store(static_cast<float*>(p) + i, v);
    else
      storePartial(static_cast<float*>(p) + i, v, n);
  } else {
    const Vi bits = S == Storage::F16 ? roundToF16(v) : roundToBf16(v);
    uint16_t* out = static_cast<uint16_t*>(p) + i;
    if (n == kLanes)
      storeAsHalves(out, bits);
    else
      for (int64_t j = 0; j < n; ++j) out[j] = static_cast<uint16_t>(bits[j]);
  }
}

inline void convert(const void* from, Storage fromType, void* to, Storage toType, int64_t count) {
  withStorage(fromType, [&](auto source) {
    withStorage(toType, [&](auto target) {
      int64_t i = 0;
      for (; i + kLanes <= count; i += kLanes) storeAs<target.value>(to, i, loadAs<source.value>(from, i), kLanes);
      if (i < count) storeAs<target.value>(to, i, loadPartialAs<source.value>(from, i, count - i), count - i);
    });
  });
}

} // namespace pteron::cpu::PTERON_TARGET
