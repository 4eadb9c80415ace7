// What the tests share: reproducible data, slow double-precision references and comparisons that abort with a message.
#pragma once

#include "kernels.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pteron::cpu::testing {

// Reproducible uniform numbers in [-1, 1).
class Random {
public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  uint64_t next();
  float uniform();
  std::vector<float> floats(int64_t count, float scale = 1);

private:
  uint64_t state_;
};

uint16_t toHalf(float value);
float fromHalf(uint16_t bits);
uint16_t toBf16(float value);
float fromBf16(uint16_t bits);

// Values rounded to a storage, as its bytes and as what they then are.
struct Stored {
  std::vector<uint8_t> bytes;
  std::vector<float> values;
};
Stored store(const std::vector<float>& values, Storage);
int64_t sizeOf(Storage);

// A random matrix in MLX's format together with its dequantized values. Words, scales and biases end exactly at the
// ends of their allocations, so that the address sanitizer sees a kernel that reads over them.
struct TestMatrix {
  std::vector<uint8_t> words;
  Stored scales, biases;
  std::vector<double> values; // [rows, columns]
  QuantizedMatrix matrix() const;
  int64_t rows, columns;
  int bits, group;
  Storage scaleType;
  bool symmetric;
  WeightFormat format = WeightFormat::Affine;
};
TestMatrix randomMatrix(Random&, int64_t rows, int64_t columns, int bits, int group, Storage, bool symmetric);
// The same in NVFP4, with every scale (subnormal, negative and largest included) and every code.
TestMatrix randomNvfp4(Random&, int64_t rows, int64_t columns);

// y[m, n] = x[m, k] · w[n, k]ᵀ.
std::vector<double> multiply(const std::vector<float>& x, const std::vector<double>& w, int64_t m, int64_t n,
                             int64_t k);

// Aborts with `what` unless the condition holds.
void check(bool condition, const std::string& what);
// … unless |a - b| ≤ absolute + relative · |b| everywhere (NaN equals NaN).
void checkClose(const std::vector<float>& a, const std::vector<double>& b, double absolute, double relative,
                const std::string& what);
// √(Σ (a - b)² / Σ b²).
double relativeRms(const std::vector<float>& a, const std::vector<double>& b);

// The instruction set, printed by each test's last line.
void done(const char* test);

} // namespace pteron::cpu::testing
