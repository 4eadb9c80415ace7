// Every bit width, group and scale storage; odd numbers of groups, rows and activations; both precisions.
#include "reference.h"
#include "thread_pool.h"

#include <algorithm>
#include <cmath>

using namespace pteron::cpu;
using namespace pteron::cpu::testing;

namespace {

std::string describe(const TestMatrix& t, int64_t m) {
  return std::to_string(t.bits) + " bits, group " + std::to_string(t.group) + ", storage " +
         std::to_string(static_cast<int>(t.scaleType)) + (t.symmetric ? ", symmetric" : "") + ", m " +
         std::to_string(m) + ", n " + std::to_string(t.rows) + ", k " + std::to_string(t.columns);
}

// Exact: fp32 rounding only, relative to the size of the summed terms. Int8: 1 % of the result's RMS.
void compare(ThreadPool& pool, Random& random, const TestMatrix& t, int64_t m) {
  const std::vector<float> x = random.floats(m * t.columns);
  const std::vector<double> expected = multiply(x, t.values, m, t.rows, t.columns);
  std::vector<float> y(expected.size());
  const double terms = 0.01 * (1 << t.bits) * std::sqrt(static_cast<double>(t.columns));
  quantizedMatmul(pool, t.matrix(), x.data(), y.data(), m, Precision::Exact);
  checkClose(y, expected, 1e-6 * terms, 1e-5, "exact, " + describe(t, m));
  std::fill(y.begin(), y.end(), NAN);
  quantizedMatmul(pool, t.matrix(), x.data(), y.data(), m, Precision::Int8);
  const double error = relativeRms(y, expected);
  check(error <= (t.rows == 1 ? 0.05 : 0.01),
        "int8, " + describe(t, m) + ": relative RMS error " + std::to_string(error));
}

void everyFormat(ThreadPool& pool, Random& random) {
  for (int bits : {2, 3, 4, 5, 6, 8})
    for (int group : {16, 32, 64, 128})
      for (Storage type : {Storage::F32, Storage::F16, Storage::BF16})
        for (bool symmetric : {false, true}) {
          const int64_t columns = std::max(group, 32) * (5 + (bits + group / 32) % 3 * 14);
          const TestMatrix t = randomMatrix(random, 37, columns, bits, group, type, symmetric);
          for (int64_t m : {1, 2, 3, 9}) compare(pool, random, t, m);
        }
}

void nvfp4(ThreadPool& pool, Random& random) {
  for (int64_t columns : {32, 160, 640, 1120})
    for (int64_t rows : {1, 37, 64}) {
      const TestMatrix t = randomNvfp4(random, rows, columns);
      for (int64_t m : {1, 2, 3, 9, 40}) {
        const std::vector<float> x = random.floats(m * columns);
        const std::vector<double> expected = multiply(x, t.values, m, rows, columns);
        std::vector<float> y(expected.size(), NAN);
        quantizedMatmul(pool, t.matrix(), x.data(), y.data(), m, Precision::Exact);
        checkClose(y, expected, 0.02, 1e-4, "nvfp4, exact, " + describe(t, m)); // terms of up to 2,880
        quantizedMatmul(pool, t.matrix(), x.data(), y.data(), m, Precision::Int8);
        const double error = relativeRms(y, expected);
        check(error <= (rows == 1 ? 0.2 : 0.01), // a single sum may nearly cancel out
              "nvfp4, int8, " + describe(t, m) + ": relative RMS error " + std::to_string(error));
      }
      std::vector<float> values(static_cast<size_t>(rows * columns));
      std::vector<int64_t> all(static_cast<size_t>(rows));
      for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
      dequantizeRows(t.matrix(), all.data(), rows, values.data());
      checkClose(values, t.values, 0, 1e-7, "nvfp4, dequantizeRows");
    }
}

void everyRowCount(ThreadPool& pool, Random& random) {
  for (int bits : {2, 3, 4, 5, 6, 8}) {
    const TestMatrix t = randomMatrix(random, 131, 640, bits, 32, Storage::F32, bits % 2 == 0);
    for (int64_t m = 1; m <= 17; ++m) compare(pool, random, t, m);
  }
  const TestMatrix large = randomMatrix(random, 200, 1152, 4, 64, Storage::BF16, false);
  compare(pool, random, large, 512);
  const TestMatrix deep = randomMatrix(random, 65, 32 * 81, 5, 32, Storage::F16, true); // deeper than a panel
  compare(pool, random, deep, 67);
  const TestMatrix tiny = randomMatrix(random, 1, 32, 8, 32, Storage::F32, false);
  for (int64_t m : {1, 2, 5, 100}) compare(pool, random, tiny, m);
}

// The largest codes against the largest activations of one sign: 16-bit intermediate sums would overflow.
void extremes(ThreadPool& pool) {
  for (int bits : {2, 3, 4, 5, 6, 8})
    for (float sign : {1.0f, -1.0f})
      for (uint8_t fill : {uint8_t{0xff}, uint8_t{0}}) {
        Random random(1);
        TestMatrix t = randomMatrix(random, 40, 256, bits, 64, Storage::F32, false);
        std::fill(t.words.begin(), t.words.end(), fill);
        const double code = fill != 0 ? (1 << bits) - 1 : 0;
        for (size_t i = 0; i < t.values.size(); ++i)
          t.values[i] = t.scales.values[i / 64] * code + t.biases.values[i / 64];
        for (int64_t m : {1, 2, 7}) {
          const std::vector<float> x(static_cast<size_t>(m * 256), sign);
          std::vector<float> y(static_cast<size_t>(m * 40));
          quantizedMatmul(pool, t.matrix(), x.data(), y.data(), m, Precision::Int8);
          checkClose(y, multiply(x, t.values, m, 40, 256), 1e-3, 1e-4, "extreme codes, " + describe(t, m));
        }
      }
}

void many(ThreadPool& pool, Random& random) {
  const TestMatrix a = randomMatrix(random, 100, 320, 5, 32, Storage::F32, true);
  const TestMatrix b = randomMatrix(random, 33, 320, 8, 32, Storage::F32, true);
  const TestMatrix c = randomMatrix(random, 70, 320, 4, 64, Storage::BF16, false);
  const QuantizedMatrix matrices[] = {a.matrix(), b.matrix(), c.matrix()};
  for (Precision precision : {Precision::Exact, Precision::Int8})
    for (int64_t m : {1, 2, 3, 30, 300}) {
      const std::vector<float> x = random.floats(m * 320);
      std::vector<float> together[3], alone[3];
      float* outputs[3];
      for (int i = 0; i < 3; ++i) {
        together[i].resize(static_cast<size_t>(m * matrices[i].rows));
        alone[i] = together[i];
        outputs[i] = together[i].data();
        quantizedMatmul(pool, matrices[i], x.data(), alone[i].data(), m, precision);
      }
      quantizedMatmulMany(pool, matrices, outputs, 3, x.data(), m, precision);
      for (int i = 0; i < 3; ++i)
        check(together[i] == alone[i], "many: differs from one by one, m " + std::to_string(m));
    }
}

void zerosAndSpikes(ThreadPool& pool, Random& random) {
  const TestMatrix t = randomMatrix(random, 64, 128, 4, 32, Storage::F32, false);
  for (int64_t m : {1, 4}) {
    std::vector<float> x(static_cast<size_t>(m * 128), 0.0f);
    std::vector<float> y(static_cast<size_t>(m * 64), NAN);
    quantizedMatmul(pool, t.matrix(), x.data(), y.data(), m, Precision::Int8);
    checkClose(y, std::vector<double>(y.size(), 0.0), 0, 0, "zero activations");
    x[5] = 1e4f; // its group has a scale of its own: others keep their precision
    quantizedMatmul(pool, t.matrix(), x.data(), y.data(), m, Precision::Int8);
    checkClose(y, multiply(x, t.values, m, 64, 128), 1e-1, 1e-3, "one large activation");
  }
}

void dequantized(Random& random) {
  for (int bits : {2, 3, 4, 5, 6, 8}) {
    const TestMatrix t = randomMatrix(random, 9, 160, bits, 32, Storage::F16, bits == 8);
    const int64_t indices[] = {8, 0, 8, 3};
    std::vector<float> y(4 * 160);
    dequantizeRows(t.matrix(), indices, 4, y.data());
    std::vector<double> expected;
    for (int64_t i : indices)
      expected.insert(expected.end(), t.values.begin() + i * 160, t.values.begin() + (i + 1) * 160);
    checkClose(y, expected, 1e-6, 1e-6, "dequantizeRows, " + describe(t, 0));
  }
}

void symmetricDetection(Random& random) {
  for (Storage type : {Storage::F32, Storage::F16, Storage::BF16}) {
    TestMatrix t = randomMatrix(random, 30, 64, 5, 32, type, true);
    QuantizedMatrix w = t.matrix();
    w.symmetric = false;
    w.biases = t.biases.bytes.data();
    check(hasSymmetricBiases(w), "symmetric biases not recognised");
    t.biases.bytes.back() ^= 0x01;
    check(!hasSymmetricBiases(w), "an asymmetric bias overlooked");
  }
}

} // namespace

int main() {
  ThreadPool pool(3);
  Random random(7);
  everyFormat(pool, random);
  nvfp4(pool, random);
  everyRowCount(pool, random);
  extremes(pool);
  many(pool, random);
  zerosAndSpikes(pool, random);
  dequantized(random);
  symmetricDetection(random);
  done("quantized_matmul");
}
