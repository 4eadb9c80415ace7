// Rotary embeddings with strides, in place, partial dimensions and positions up to 100,000.
#include "reference.h"
#include "thread_pool.h"

#include <cmath>

using namespace pteron::cpu;
using namespace pteron::cpu::testing;

namespace {

void compare(ThreadPool& pool, Random& random, int64_t heads, int64_t rows, int64_t dim, int dims, bool traditional,
             int64_t offset, bool given, bool inPlace) {
  const std::vector<float> x = random.floats(rows * heads * dim); // [rows, heads, dim]
  std::vector<float> y = x, freqs;
  for (int i = 0; i < dims / 2; ++i) freqs.push_back(1 + 30 * std::fabs(random.uniform()));
  Rope r;
  r.x = inPlace ? y.data() : x.data(), r.y = y.data();
  r.heads = heads, r.rows = rows, r.dim = dim, r.dims = dims;
  r.xHeadStride = r.yHeadStride = dim, r.xRowStride = r.yRowStride = heads * dim;
  r.traditional = traditional, r.base = 10000, r.scale = 0.5f, r.offset = offset;
  if (given) r.freqs = freqs.data();
  rope(pool, r);
  std::vector<double> expected(x.begin(), x.end());
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t head = 0; head < heads; ++head)
      for (int i = 0; i < dims / 2; ++i) {
        // The angle is rounded as fp32 arithmetic has it; its sine and cosine are exact.
        const float inverse =
            given ? 1 / freqs[static_cast<size_t>(i)] : static_cast<float>(std::pow(10000.0, -2.0 * i / dims));
        const double angle = static_cast<float>(offset + row) * 0.5f * inverse;
        const size_t at = static_cast<size_t>((row * heads + head) * dim);
        const size_t first = at + static_cast<size_t>(traditional ? 2 * i : i),
                     second = traditional ? first + 1 : first + static_cast<size_t>(dims / 2);
        expected[first] = x[first] * std::cos(angle) - x[second] * std::sin(angle);
        expected[second] = x[first] * std::sin(angle) + x[second] * std::cos(angle);
      }
  // The inverse frequency may differ by a unit in its last place, which a position multiplies.
  checkClose(y, expected, 2e-6 + 6e-8 * static_cast<double>(offset + rows), 1e-6,
             "rope, dim " + std::to_string(dim) + "/" + std::to_string(dims) + ", offset " + std::to_string(offset) +
                 (traditional ? ", traditional" : ""));
}

} // namespace

int main() {
  ThreadPool pool(3);
  Random random(17);
  for (bool traditional : {false, true})
    for (bool given : {false, true})
      for (int64_t offset : {0, 1, 511, 8191, 100000})
        for (bool inPlace : {false, true}) {
          compare(pool, random, 4, 1, 256, 256, traditional, offset, given, inPlace);
          compare(pool, random, 3, 37, 64, 64, traditional, offset, given, inPlace);
          compare(pool, random, 1, 300, 80, 36, traditional, offset, given, inPlace);
          compare(pool, random, 2, 5, 6, 2, traditional, offset, given, inPlace);
        }
  done("rope");
}
