#include "reference.h"

#include "isa.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace pteron::cpu::testing {

uint64_t Random::next() {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return state_;
}

float Random::uniform() { return static_cast<float>(static_cast<double>(next() >> 40) / (1 << 23) - 1); }

std::vector<float> Random::floats(int64_t count, float scale) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = scale * uniform();
  return values;
}

float fromHalf(uint16_t bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  const double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 31) return mantissa != 0 ? NAN : static_cast<float>(sign * INFINITY);
  if (exponent == 0) return static_cast<float>(sign * std::ldexp(mantissa, -24));
  return static_cast<float>(sign * std::ldexp(1024 + mantissa, exponent - 25));
}

uint16_t toHalf(float value) {
  if (std::isnan(value)) return 0x7e00;
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const double a = std::fabs(static_cast<double>(value));
  if (a >= 65520) return sign | 0x7c00;
  int exponent = 0;
  std::frexp(a, &exponent);
  if (a == 0 || exponent < -13) exponent = -13; // the subnormals' step is 2^-24
  const double step = std::ldexp(1.0, exponent - 11);
  const double rounded = std::nearbyint(a / step) * step; // ties to even
  int e = 0;
  std::frexp(rounded, &e);
  if (rounded < std::ldexp(1.0, -14)) return sign | static_cast<uint16_t>(std::ldexp(rounded, 24));
  return sign | static_cast<uint16_t>(((e + 14) << 10) + (static_cast<int>(std::ldexp(rounded, 11 - e)) - 1024));
}

float fromBf16(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, 4);
  return value;
}

uint16_t toBf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  if (std::isnan(value)) return static_cast<uint16_t>((bits >> 16) | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

int64_t sizeOf(Storage type) { return type == Storage::F32 ? 4 : 2; }

Stored store(const std::vector<float>& values, Storage type) {
  Stored stored;
  stored.bytes.resize(values.size() * static_cast<size_t>(sizeOf(type)));
  stored.values = values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (type == Storage::F32) {
      std::memcpy(&stored.bytes[i * 4], &values[i], 4);
      continue;
    }
    const uint16_t bits = type == Storage::F16 ? toHalf(values[i]) : toBf16(values[i]);
    std::memcpy(&stored.bytes[i * 2], &bits, 2);
    stored.values[i] = type == Storage::F16 ? fromHalf(bits) : fromBf16(bits);
  }
  return stored;
}

QuantizedMatrix TestMatrix::matrix() const {
  QuantizedMatrix w;
  w.words = reinterpret_cast<const uint32_t*>(words.data());
  w.scales = scales.bytes.data();
  w.biases = symmetric ? nullptr : biases.bytes.data();
  w.scaleType = scaleType;
  w.rows = rows;
  w.columns = columns;
  w.bits = bits;
  w.group = group;
  w.symmetric = symmetric;
  w.format = format;
  return w;
}

TestMatrix randomMatrix(Random& random, int64_t rows, int64_t columns, int bits, int group, Storage type,
                        bool symmetric) {
  TestMatrix t;
  t.rows = rows, t.columns = columns, t.bits = bits, t.group = group, t.scaleType = type, t.symmetric = symmetric;
  t.words.assign(static_cast<size_t>(rows * columns * bits / 8), 0);
  const int64_t groups = rows * columns / group;
  std::vector<float> scales(static_cast<size_t>(groups)), biases(scales.size());
  for (float& scale : scales) scale = 0.01f + 0.005f * random.uniform();
  t.scales = store(scales, type);
  for (size_t i = 0; i < biases.size(); ++i)
    biases[i] =
        t.scales.values[i] * static_cast<float>(-(1 << (bits - 1))) * (symmetric ? 1 : 0.8f + 0.2f * random.uniform());
  t.biases = store(biases, type);
  t.values.resize(static_cast<size_t>(rows * columns));
  for (int64_t i = 0; i < rows * columns; ++i) {
    const uint32_t code = static_cast<uint32_t>(random.next() >> 20) & ((1u << bits) - 1);
    for (int b = 0; b < bits; ++b)
      if (code >> b & 1)
        t.words[static_cast<size_t>((i * bits + b) / 8)] |= static_cast<uint8_t>(1u << ((i * bits + b) % 8));
    const size_t g = static_cast<size_t>(i / group);
    t.values[static_cast<size_t>(i)] = static_cast<double>(t.scales.values[g]) * code + t.biases.values[g];
  }
  return t;
}

TestMatrix randomNvfp4(Random& random, int64_t rows, int64_t columns) {
  constexpr double kValues[] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
  TestMatrix t;
  t.rows = rows, t.columns = columns, t.bits = 4, t.group = 16, t.scaleType = Storage::F32, t.symmetric = true;
  t.format = WeightFormat::Nvfp4;
  for (int64_t i = 0; i < rows * columns / 2; ++i) t.words.push_back(static_cast<uint8_t>(random.next() >> 20));
  for (int64_t g = 0; g < rows * columns / 16; ++g) {
    const auto bits = static_cast<uint8_t>(random.next() >> 20);
    const int exponent = bits >> 3 & 15, mantissa = bits & 7;
    const double size = exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(8 + mantissa, exponent - 10);
    t.scales.bytes.push_back(bits);
    t.scales.values.push_back(static_cast<float>(bits & 0x80 ? -size : size));
  }
  for (int64_t i = 0; i < rows * columns; ++i) {
    const int code = t.words[static_cast<size_t>(i / 2)] >> i % 2 * 4 & 15;
    const double value = kValues[code & 7] * (code & 8 ? -1 : 1);
    t.values.push_back(value * t.scales.values[static_cast<size_t>(i / 16)]);
  }
  return t;
}

std::vector<double> multiply(const std::vector<float>& x, const std::vector<double>& w, int64_t m, int64_t n,
                             int64_t k) {
  std::vector<double> y(static_cast<size_t>(m * n));
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (int64_t d = 0; d < k; ++d) sum += x[static_cast<size_t>(i * k + d)] * w[static_cast<size_t>(j * k + d)];
      y[static_cast<size_t>(i * n + j)] = sum;
    }
  return y;
}

void check(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "FAILED (%s): %s\n", isaName(), what.c_str());
  std::exit(1);
}

void checkClose(const std::vector<float>& a, const std::vector<double>& b, double absolute, double relative,
                const std::string& what) {
  check(a.size() == b.size(), what + ": sizes differ");
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (static_cast<double>(a[i]) == b[i]) continue;
    if (!(std::fabs(a[i] - b[i]) <= absolute + relative * std::fabs(b[i])))
      check(false,
            what + ": [" + std::to_string(i) + "] is " + std::to_string(a[i]) + ", expected " + std::to_string(b[i]));
  }
}

double relativeRms(const std::vector<float>& a, const std::vector<double>& b) {
  double error = 0, size = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    error += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  return std::sqrt(error / size);
}

void done(const char* test) { std::printf("%s passed (%s)\n", test, isaName()); }

} // namespace pteron::cpu::testing
