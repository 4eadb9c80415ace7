#include "core/argmax.h"

#include <bit>
#include <cstring>

namespace pteron {
namespace {

// IEEE floats compare like integers once the bits below the sign of negative numbers are flipped. Integer maxima
// vectorise without any licence to reorder floating point.
int32_t key32(int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); }
int16_t key16(int16_t bits) { return static_cast<int16_t>(bits ^ ((bits >> 15) & 0x7fff)); }

int64_t argmax32(const int32_t* bits, int64_t size) {
  constexpr int32_t kInfinity = 0x7f800000;
  int32_t best = key32(static_cast<int32_t>(0xff800000)); // -inf
  int32_t nans = 0;
  for (int64_t i = 0; i < size; ++i) {
    const int32_t key = key32(bits[i]);
    best = key > best ? key : best;
    nans |= (bits[i] & 0x7fffffff) > kInfinity ? 1 : 0;
  }
  if (nans || best == kInfinity || best == key32(static_cast<int32_t>(0xff800000))) {
    return -1;
  }
  const int32_t wanted = key32(best); // the flip is its own inverse
  int64_t index = 0;
  while (bits[index] != wanted) {
    ++index;
  }
  return index;
}

int64_t argmax16(const int16_t* bits, int64_t size, int16_t infinity) {
  const int16_t lowest = key16(static_cast<int16_t>(infinity | 0x8000));
  int16_t best = lowest;
  int16_t nans = 0;
  for (int64_t i = 0; i < size; ++i) {
    const int16_t key = key16(bits[i]);
    best = key > best ? key : best;
    nans = static_cast<int16_t>(nans | ((bits[i] & 0x7fff) > infinity ? 1 : 0));
  }
  if (nans || best == infinity || best == lowest) {
    return -1;
  }
  const int16_t wanted = key16(best);
  int64_t index = 0;
  while (bits[index] != wanted) {
    ++index;
  }
  return index;
}

float halfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = (half >> 10) & 0x1f;
  const uint32_t mantissa = half & 0x3ff;
  if (exponent == 0x1f) {
    return std::bit_cast<float>(sign | 0x7f800000 | (mantissa << 13));
  }
  if (exponent == 0) { // zero or subnormal: mantissa · 2⁻²⁴
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

} // namespace

int64_t argmax(const LogitRow& row) {
  switch (row.type) {
  case LogitType::F32: return argmax32(static_cast<const int32_t*>(row.data), row.size);
  case LogitType::F16: return argmax16(static_cast<const int16_t*>(row.data), row.size, 0x7c00);
  case LogitType::BF16: return argmax16(static_cast<const int16_t*>(row.data), row.size, 0x7f80);
  }
  return -1;
}

void toFloat(const LogitRow& row, float* out) {
  if (row.type == LogitType::F32) {
    std::memcpy(out, row.data, static_cast<size_t>(row.size) * sizeof(float));
    return;
  }
  const auto* bits = static_cast<const uint16_t*>(row.data);
  for (int64_t i = 0; i < row.size; ++i) {
    out[i] = row.type == LogitType::BF16 ? std::bit_cast<float>(static_cast<uint32_t>(bits[i]) << 16)
                                         : halfToFloat(bits[i]);
  }
}

} // namespace pteron
