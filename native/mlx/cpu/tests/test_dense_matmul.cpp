// Both layouts and all storages, with and without a bias, odd sizes.
#include "reference.h"
#include "thread_pool.h"

#include <cmath>

using namespace pteron::cpu;
using namespace pteron::cpu::testing;

namespace {

void compare(ThreadPool& pool, Random& random, Storage type, bool transposed, bool withBias, int64_t m, int64_t n,
             int64_t k) {
  const std::vector<float> x = random.floats(m * k), bias = random.floats(n);
  const Stored w = store(random.floats(n * k), type); // [n, k]
  std::vector<float> given = w.values;
  if (!transposed)
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < k; ++j) given[static_cast<size_t>(j * n + i)] = w.values[static_cast<size_t>(i * k + j)];
  const Stored laidOut = store(given, type);
  std::vector<double> expected = multiply(x, {w.values.begin(), w.values.end()}, m, n, k);
  if (withBias)
    for (size_t i = 0; i < expected.size(); ++i) expected[i] += bias[i % static_cast<size_t>(n)];
  std::vector<float> y(expected.size(), NAN);
  denseMatmul(pool, x.data(), laidOut.bytes.data(), type, transposed, withBias ? bias.data() : nullptr, y.data(), m, n,
              k);
  checkClose(y, expected, 1e-6 * std::sqrt(static_cast<double>(k)) + 1e-6, 1e-5,
             "dense, storage " + std::to_string(static_cast<int>(type)) + (transposed ? ", transposed" : "") + ", m " +
                 std::to_string(m) + ", n " + std::to_string(n) + ", k " + std::to_string(k));
}

} // namespace

int main() {
  ThreadPool pool(3);
  Random random(11);
  for (Storage type : {Storage::F32, Storage::F16, Storage::BF16})
    for (bool transposed : {false, true}) {
      for (int64_t m = 1; m <= 17; ++m) compare(pool, random, type, transposed, m % 2 == 0, m, 45, 77);
      for (int64_t n : {1, 31, 64, 129})
        for (int64_t k : {1, 15, 16, 65, 300})
          for (int64_t m : {1, 2, 3, 5, 6, 7}) compare(pool, random, type, transposed, true, m, n, k);
      compare(pool, random, type, transposed, true, 200, 70, 1100); // deeper than a panel
      compare(pool, random, type, transposed, false, 512, 33, 64);
      compare(pool, random, type, transposed, false, 1, 5000, 64);
    }
  for (int64_t m : {1, 20}) {
    std::vector<float> y(static_cast<size_t>(2 * m), NAN);
    const float bias[] = {3, 4};
    denseMatmul(pool, nullptr, nullptr, Storage::F32, true, bias, y.data(), m, 2, 0);
    for (size_t i = 0; i < y.size(); ++i) check(y[i] == bias[i % 2], "depth 0 is the bias");
  }
  done("dense_matmul");
}
