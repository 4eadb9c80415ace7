// Quantized products: rounds or sums the activations once, then splits the weights' rows over the pool.
#include "kernel_table.h"
#include "scratch.h"
#include "thread_pool.h"

#include <algorithm>
#include <cstring>

namespace pteron::cpu {
namespace {

constexpr int64_t kGemvBytes = 48 << 10;      // weights a thread reads before splitting pays (about 2 µs)
constexpr int64_t kGemmProducts = 1 << 21;    // the same for many rows, in multiply-adds
constexpr int64_t kPackRows = 24;             // unpacking a panel costs about as much as this many rows of x
constexpr int64_t kQuantizeValues = 16 << 10; // activations rounded by a thread before splitting pays

int64_t roundUp(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// Several matrices' rows counted through.
struct Stack {
  const QuantizedMatrix* w;
  float* const* y;
  int count;

  // Calls body(matrix, y, begin, end) for the parts of [begin, end), where a matrix counts `units(matrix)`.
  template <class Units, class Body> void each(int64_t begin, int64_t end, Units units, Body body) const {
    int64_t first = 0;
    for (int i = 0; i < count && first < end; ++i) {
      const int64_t size = units(w[i]);
      const int64_t from = std::max<int64_t>(begin - first, 0), to = std::min(end - first, size);
      if (from < to) body(w[i], y[i], from, to);
      first += size;
    }
  }
  template <class Units> int64_t total(Units units) const {
    int64_t sum = 0;
    for (int i = 0; i < count; ++i) sum += units(w[i]);
    return sum;
  }
};

size_t quantizedBytes(int64_t m, int64_t codeStride, int64_t groupStride) {
  return static_cast<size_t>(m * (codeStride + 3 * groupStride * 4) + 256);
}

// Rounds x to int8 into `block`.
QuantizedRows quantizeRows(ThreadPool& pool, const float* x, int64_t m, int64_t k, int group,
                           const ScratchBlock& block) {
  ScratchPieces pieces(block);
  QuantizedRows rows;
  rows.codeStride = roundUp(k, kCodePad);
  rows.groupStride = roundUp(k / group, kGroupPad);
  rows.codes = pieces.take<int8_t>(static_cast<size_t>(m * rows.codeStride));
  rows.scales = pieces.take<float>(static_cast<size_t>(m * rows.groupStride));
  rows.sums = pieces.take<float>(static_cast<size_t>(m * rows.groupStride));
  rows.codeSums = pieces.take<int32_t>(static_cast<size_t>(m * rows.groupStride));
  const int64_t groups = k / group, rest = rows.groupStride - groups;
  pool.parallelFor(m, std::max<int64_t>(1, kQuantizeValues / k), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int8_t* codes = rows.codes + i * rows.codeStride;
      const int64_t at = i * rows.groupStride;
      kernels().quantizeRow(x + i * k, k, group, codes, rows.scales + at, rows.sums + at, rows.codeSums + at);
      std::memset(codes + k, 0, static_cast<size_t>(rows.codeStride - k));
      std::fill_n(rows.scales + at + groups, rest, 0.0f);
      std::fill_n(rows.sums + at + groups, rest, 0.0f);
      std::fill_n(rows.codeSums + at + groups, rest, 0);
    }
  });
  return rows;
}

// Splits the rows of all matrices; body(matrix, output, begin, end).
template <class Body> void splitRows(ThreadPool& pool, const Stack& stack, Body body) {
  const QuantizedMatrix& first = stack.w[0];
  const auto rows = [](const QuantizedMatrix& w) { return w.rows; };
  const int64_t grain = roundUp(std::max<int64_t>(1, kGemvBytes * 8 / (first.columns * first.bits)), 8);
  pool.parallelFor(stack.total(rows), grain, [&](int64_t begin, int64_t end) {
    stack.each(begin, end, rows, [&](const QuantizedMatrix& w, float* y, int64_t from, int64_t to) {
      body(w, Output{y, w.rows}, from, to);
    });
  });
}

// Splits panels of all matrices and, where they are few, rows of x; body(matrix, output, row, rows, begin, end).
template <class Body> void splitPanels(ThreadPool& pool, const Stack& stack, int64_t m, Body body) {
  const int64_t panel = kernels().panel;
  const auto panels = [&](const QuantizedMatrix& w) { return (w.rows + panel - 1) / panel; };
  const int64_t columns = stack.total(panels), wanted = 4 * pool.threads();
  const int64_t blocks = columns >= wanted ? 1 : std::clamp<int64_t>(m / 64, 1, (wanted + columns - 1) / columns);
  const int64_t blockRows = (m + blocks - 1) / blocks;
  const int64_t cost = stack.w[0].columns * panel * (blockRows + kPackRows);
  pool.parallelFor(columns * blocks, std::max<int64_t>(1, kGemmProducts / cost), [&](int64_t begin, int64_t end) {
    for (int64_t block = begin / columns; block * columns < end; ++block) {
      const int64_t row = block * blockRows, rows = std::min(blockRows, m - row);
      if (rows <= 0) continue;
      const int64_t from = std::max(begin - block * columns, int64_t{0}), to = std::min(end - block * columns, columns);
      stack.each(from, to, panels, [&](const QuantizedMatrix& w, float* y, int64_t first, int64_t last) {
        body(w, Output{y + row * w.rows, w.rows}, row, rows, first * panel, std::min(last * panel, w.rows));
      });
    }
  });
}

void multiplyInt8(ThreadPool& pool, const Stack& stack, const float* x, int64_t m) {
  const int64_t k = stack.w[0].columns;
  const int group = stack.w[0].group;
  const ScratchBlock block(quantizedBytes(m, roundUp(k, kCodePad), roundUp(k / group, kGroupPad)));
  const QuantizedRows rows = quantizeRows(pool, x, m, k, group, block);
  if (m <= KernelTable::kGemvRows) {
    splitRows(pool, stack, [&](const QuantizedMatrix& w, Output y, int64_t begin, int64_t end) {
      kernels().gemvInt8(w, rows, y, m, begin, end);
    });
    return;
  }
  splitPanels(pool, stack, m,
              [&](const QuantizedMatrix& w, Output y, int64_t row, int64_t count, int64_t begin, int64_t end) {
                QuantizedRows part = rows;
                part.codes += row * rows.codeStride;
                part.scales += row * rows.groupStride;
                part.sums += row * rows.groupStride;
                part.codeSums += row * rows.groupStride;
                kernels().gemmInt8(w, part, y, count, begin, end);
              });
}

void multiplyExact(ThreadPool& pool, const Stack& stack, const float* x, int64_t m) {
  const int64_t k = stack.w[0].columns;
  if (m > KernelTable::kGemvRows) {
    splitPanels(pool, stack, m,
                [&](const QuantizedMatrix& w, Output y, int64_t row, int64_t count, int64_t begin, int64_t end) {
                  kernels().gemmExact(w, x + row * k, y, count, begin, end);
                });
    return;
  }
  const int group = stack.w[0].group;
  const int64_t groupStride = roundUp(k / group, kGroupPad);
  const ScratchBlock block(static_cast<size_t>(m * groupStride) * sizeof(float));
  std::fill_n(block.floats(), m * groupStride, 0.0f);
  for (int64_t i = 0; i < m; ++i) kernels().groupSums(x + i * k, k, group, block.floats() + i * groupStride);
  const ExactRows rows{x, block.floats(), k, groupStride};
  splitRows(pool, stack, [&](const QuantizedMatrix& w, Output y, int64_t begin, int64_t end) {
    kernels().gemvExact(w, rows, y, m, begin, end);
  });
}

} // namespace

void quantizedMatmulMany(ThreadPool& pool, const QuantizedMatrix* w, float* const* y, int count, const float* x,
                         int64_t m, Precision precision) {
  if (count <= 0 || m <= 0) return;
  // Activations are rounded a group: matrices with another group take their turn on their own.
  int alike = 1;
  while (alike < count && w[alike].group == w[0].group && w[alike].columns == w[0].columns) ++alike;
  const Stack stack{w, y, alike};
  if (precision == Precision::Int8)
    multiplyInt8(pool, stack, x, m);
  else
    multiplyExact(pool, stack, x, m);
  quantizedMatmulMany(pool, w + alike, y + alike, count - alike, x, m, precision);
}

void quantizedMatmul(ThreadPool& pool, const QuantizedMatrix& w, const float* x, float* y, int64_t m,
                     Precision precision) {
  quantizedMatmulMany(pool, &w, &y, 1, x, m, precision);
}

void dequantizeRows(const QuantizedMatrix& w, const int64_t* indices, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) kernels().dequantizeRow(w, indices[i], y + i * w.columns);
}

bool hasSymmetricBiases(const QuantizedMatrix& w) {
  constexpr int64_t kBatch = 256;
  float scales[kBatch], biases[kBatch];
  const int64_t total = w.rows * (w.columns / w.group), size = w.scaleType == Storage::F32 ? 4 : 2;
  const float factor = static_cast<float>(-(1 << (w.bits - 1)));
  for (int64_t i = 0; i < total; i += kBatch) {
    const int64_t n = std::min(kBatch, total - i);
    kernels().convert(static_cast<const char*>(w.scales) + i * size, w.scaleType, scales, Storage::F32, n);
    kernels().convert(static_cast<const char*>(w.biases) + i * size, w.scaleType, biases, Storage::F32, n);
    for (int64_t j = 0; j < n; ++j)
      if (!(biases[j] == factor * scales[j])) return false;
  }
  return true;
}

} // namespace pteron::cpu
