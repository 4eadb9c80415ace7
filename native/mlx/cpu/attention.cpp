#include "kernel_table.h"
#include "scratch.h"
#include "thread_pool.h"

#include <algorithm>

namespace pteron::cpu {
namespace {

constexpr int64_t kFewRows = 16;        // rows of a KV head up to which keys are read where they lie
constexpr int64_t kPartKeys = 64;       // keys of a part; parts are its multiples
constexpr int64_t kPartWork = 64 << 10; // multiply-adds of a part before splitting pays
constexpr int64_t kTileRows = 128;

void attendFewRows(ThreadPool& pool, const Attention& a, int64_t rows) {
  const int64_t work = std::max<int64_t>(1, rows * (a.dim + a.valueDim));
  const int64_t least = (kPartWork / work + kPartKeys) / kPartKeys * kPartKeys;
  const int64_t share = (a.keys * a.kvHeads + 2 * pool.threads() - 1) / (2 * pool.threads());
  const int64_t partKeys = std::max(least, (share + kPartKeys - 1) / kPartKeys * kPartKeys);
  const int64_t parts = std::max<int64_t>(1, (a.keys + partKeys - 1) / partKeys), results = a.kvHeads * parts * rows;
  const ScratchBlock block(static_cast<size_t>(results * (a.valueDim + 2)) * sizeof(float));
  float* acc = block.floats();
  float* maxima = acc + results * a.valueDim;
  float* sums = maxima + results;
  const auto at = [&](int64_t head, int64_t part) { return (head * parts + part) * rows; };
  const int64_t grain = std::max<int64_t>(1, kPartWork / (work * std::max<int64_t>(1, std::min(partKeys, a.keys))));
  pool.parallelFor(a.kvHeads * parts, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t head = i / parts, part = i % parts, to = std::min((part + 1) * partKeys, a.keys);
      kernels().attendFew(a, head, part * partKeys, to, acc + at(head, part) * a.valueDim, maxima + at(head, part),
                          sums + at(head, part));
    }
  });
  for (int64_t head = 0; head < a.kvHeads; ++head)
    kernels().attendMerge(a, head, acc + at(head, 0) * a.valueDim, maxima + at(head, 0), sums + at(head, 0), parts);
}

} // namespace

void attention(ThreadPool& pool, const Attention& a) {
  if (a.queries <= 0 || a.heads <= 0) return;
  const int64_t group = a.heads / a.kvHeads, rows = group * a.queries;
  if (rows <= kFewRows) {
    attendFewRows(pool, a, rows);
    return;
  }
  // Later queries see more keys: hand them out first, so that no thread is left with the longest at the end.
  const int64_t tile = std::max<int64_t>(1, kTileRows / group), tiles = (a.queries + tile - 1) / tile;
  pool.parallelFor(a.kvHeads * tiles, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = (tiles - 1 - i / a.kvHeads) * tile;
      kernels().attendMany(a, i % a.kvHeads, first, std::min(first + tile, a.queries));
    }
  });
}

} // namespace pteron::cpu
