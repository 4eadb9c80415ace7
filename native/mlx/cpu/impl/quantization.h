// Activations to int8, and packed weights back to codes and floats.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

// What the kernels are compiled for: a number of bits, or NVFP4. Its e2m1 codes are looked up as 12 + 2 · value, 0 to 24,
// and so become affine codes with half the scale and a centre of 12.
constexpr int kNvfp4 = 64 + 4;
constexpr int bitsOf(int format) { return format & 63; }
constexpr int centreOf(int format) { return format == kNvfp4 ? 12 : 1 << (format - 1); }
inline int formatOf(const QuantizedMatrix& w) { return w.format == WeightFormat::Nvfp4 ? kNvfp4 : w.bits; }
inline bool isSymmetric(const QuantizedMatrix& w) { return w.symmetric || w.format == WeightFormat::Nvfp4; }

inline int64_t groupsOf(const QuantizedMatrix& w) { return w.columns / w.group; }
inline const uint8_t* codesOf(const QuantizedMatrix& w, int64_t row) {
  return reinterpret_cast<const uint8_t*>(w.words) + row * (w.columns / 8 * w.bits);
}

// Half of kLanes e4m3 numbers: their exponent and mantissa, moved to a float's, are 2^-120 of the value.
inline Vf halvesOfE4m3(const uint8_t* p) {
  Vi v{};
  for (int i = 0; i < kLanes; ++i) v[i] = p[i];
  const Vf magnitude = bitsToFloat((v & 0x7f) << 20) * 6.6461399789245794e35f; // 2^119
  return bitsToFloat(floatToBits(magnitude) | ((v & 0x80) << 24));
}
inline Vf halvesOfE4m3(const uint8_t* p, int64_t n) {
  uint8_t copy[kLanes] = {};
  for (int64_t i = 0; i < n && i < kLanes; ++i) copy[i] = p[i];
  return halvesOfE4m3(copy);
}

// Scales (or biases) [g, g + n) of a row as its codes are unpacked, zeros behind.
inline Vf loadScales(const QuantizedMatrix& w, int64_t row, int64_t g, int64_t n) {
  const int64_t at = row * groupsOf(w) + g;
  if (w.format == WeightFormat::Nvfp4) return halvesOfE4m3(static_cast<const uint8_t*>(w.scales) + at, n);
  return loadTyped(w.scaleType, w.scales, at, n);
}
inline Vf loadBiases(const QuantizedMatrix& w, int64_t row, int64_t g, int64_t n) {
  if (isSymmetric(w)) return loadScales(w, row, g, n) * static_cast<float>(-centreOf(formatOf(w)));
  return loadTyped(w.scaleType, w.biases, row * groupsOf(w) + g, n);
}

// Calls body(format constant).
template <int N> struct IntConstant {
  static constexpr int value = N;
};
template <class Body> inline void withFormat(const QuantizedMatrix& w, Body body) {
  switch (formatOf(w)) {
  case 2: body(IntConstant<2>{}); break;
  case 3: body(IntConstant<3>{}); break;
  case 4: body(IntConstant<4>{}); break;
  case 5: body(IntConstant<5>{}); break;
  case 6: body(IntConstant<6>{}); break;
  case kNvfp4: body(IntConstant<kNvfp4>{}); break;
  default: body(IntConstant<8>{}); break;
  }
}
template <class Body> inline void withFormatAndGroup(const QuantizedMatrix& w, Body body) {
  withFormat(w, [&](auto format) {
    if constexpr (format.value == kNvfp4) {
      body(format, IntConstant<16>{});
    } else {
      switch (w.group) {
      case 16: body(format, IntConstant<16>{}); break;
      case 32: body(format, IntConstant<32>{}); break;
      case 64: body(format, IntConstant<64>{}); break;
      default: body(format, IntConstant<128>{}); break;
      }
    }
  });
}

// A chunk's codes at p.
template <int Format> inline Codes unpackCodesOf(const uint8_t* p) {
  if constexpr (Format == kNvfp4)
    return lookUp(unpack<4>(p), kE2m1Codes);
  else
    return unpack<Format>(p);
}
template <int Format> constexpr int kReads = kUnpackReads<bitsOf(Format)>;

// A chunk's codes at p; the matrix ends at `end`, behind which nothing is read. Codes behind the row's end, where a chunk
// is longer than what is left of the row, are arbitrary.
template <int Format> inline Codes unpackBefore(const uint8_t* p, const uint8_t* end) {
  if (end - p >= kReads<Format>) return unpackCodesOf<Format>(p);
  const Codes codes = unpackTail<bitsOf(Format)>(p, end - p);
  if constexpr (Format == kNvfp4) return lookUp(codes, kE2m1Codes);
  return codes;
}

// Codes [from, from + count) of a row, one a byte, both multiples of 32; `codes` holds count rounded up to kCodePad.
template <int Format>
inline void unpackCodes(const QuantizedMatrix& w, int64_t row, int64_t from, int64_t count, uint8_t* codes) {
  const uint8_t *p = codesOf(w, row) + from / 8 * bitsOf(Format), *end = codesOf(w, w.rows);
  for (int64_t i = 0; i < count; i += kChunk, p += kChunk / 8 * bitsOf(Format))
    storeCodes(codes + i, unpackBefore<Format>(p, end));
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
    uint32_t bits = 0; // activations that are no numbers have codes of any size
    for (int i = 0; i < kLanes; ++i) bits += static_cast<uint32_t>(total[i]);
    const auto sum = static_cast<int32_t>(bits);
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
template <int Format>
inline void dequantizeRange(const QuantizedMatrix& w, int64_t row, int64_t from, int64_t to, float* y) {
  constexpr int64_t kSpan = 1024;
  uint8_t codes[kSpan + kCodePad];
  float scales[kSpan / 16 + kLanes], biases[kSpan / 16 + kLanes];
  for (int64_t at = from; at < to; at += kSpan) {
    const int64_t count = least(to - at, kSpan), groups = count / w.group;
    unpackCodes<Format>(w, row, at, count, codes);
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

// Rows [begin, begin + count), behind one another as they lie: as one long row, so that short rows cost no more.
inline void dequantizeRows(const QuantizedMatrix& w, int64_t begin, int64_t count, float* y) {
  QuantizedMatrix row = w;
  row.columns = w.columns * w.rows;
  row.rows = 1;
  withFormat(row, [&](auto format) {
    dequantizeRange<format.value>(row, 0, begin * w.columns, (begin + count) * w.columns, y);
  });
}

inline void dequantizeRow(const QuantizedMatrix& w, int64_t row, float* y) {
  withFormat(w, [&](auto format) { dequantizeRange<format.value>(w, row, 0, w.columns, y); });
}

} // namespace pteron::cpu::PTERON_TARGET
