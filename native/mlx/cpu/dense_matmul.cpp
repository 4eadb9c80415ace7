#include "kernel_table.h"
#include "thread_pool.h"

#include <algorithm>

namespace pteron::cpu {
namespace {

constexpr int64_t kGemvBytes = 48 << 10, kGemmProducts = 1 << 20, kPackRows = 8;
// Up to so many rows, reading weights of contiguous depth once more from the cache costs less than packing them for gemm.
constexpr int64_t kFewRows = 16;

} // namespace

void denseMatmul(ThreadPool& pool, const float* x, const void* data, Storage type, bool transposed, const float* bias,
                 float* y, int64_t m, int64_t n, int64_t k) {
  if (m <= 0 || n <= 0) return;
  const DenseMatrix w{data, type, n, k, transposed ? k : 1, transposed ? 1 : n};
  const KernelTable& table = kernels();
  const int64_t panel = table.panel, depth = std::max<int64_t>(k, 1);
  if (m <= (transposed ? kFewRows : KernelTable::kGemvRows) || k == 0) {
    const int64_t bytes = depth * (type == Storage::F32 ? 4 : 2);
    const int64_t grain = (kGemvBytes / bytes + panel) / panel * panel * (transposed ? 1 : 2);
    pool.parallelFor(n, grain, [&](int64_t begin, int64_t end) { table.denseGemv(w, x, bias, {y, n}, m, begin, end); });
    return;
  }
  const int64_t panels = (n + panel - 1) / panel, wanted = 4 * pool.threads();
  const int64_t blocks = panels >= wanted ? 1 : std::clamp<int64_t>(m / 64, 1, (wanted + panels - 1) / panels);
  const int64_t blockRows = (m + blocks - 1) / blocks;
  const int64_t cost = depth * panel * (blockRows + kPackRows);
  pool.parallelFor(panels * blocks, std::max<int64_t>(1, kGemmProducts / cost), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / panels * blockRows, rows = std::min(blockRows, m - row), column = i % panels * panel;
      if (rows > 0) table.denseGemm(w, x + row * k, bias, {y + row * n, n}, rows, column, std::min(column + panel, n));
    }
  });
}

} // namespace pteron::cpu
