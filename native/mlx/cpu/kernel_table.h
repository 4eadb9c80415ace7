// What each instruction set implements: single-threaded pieces of work, which the public functions split over the pool.
// Every set is compiled from the same templates (impl/) over its own vector layer (simd/) in its own namespace.
#pragma once

#include "kernels.h"

namespace pteron::cpu {

// Activations rounded to int8, symmetric, a (row, group): x ≈ scale · code. Rows of codes are padded to kCodePad and
// those of groups to kGroupPad with zeros, so that vectors may run over the end.
constexpr int64_t kCodePad = 128, kGroupPad = 32;
struct QuantizedRows {
  int8_t* codes = nullptr;
  float* scales = nullptr;
  float* sums = nullptr;       // Σ x of the group as rounded: scale · Σ codes
  int32_t* codeSums = nullptr; // Σ codes
  int64_t codeStride = 0, groupStride = 0;
};

// Exact activations: the rows themselves and each group's sum (padded as above; only for few rows).
struct ExactRows {
  const float* x = nullptr;
  const float* sums = nullptr;
  int64_t stride = 0, groupStride = 0;
};

// Rows (or columns) of a [m, n] output.
struct Output {
  float* data = nullptr;
  int64_t stride = 0;
};

// A dense right-hand side; element (column n, depth k) lies at n * nStride + k * kStride, one of them 1.
struct DenseMatrix {
  const void* data = nullptr;
  Storage type = Storage::F32;
  int64_t n = 0, k = 0, nStride = 0, kStride = 0;
};

struct KernelTable {
  // Most rows of x that the gemv functions take.
  static constexpr int kGemvRows = 2;
  // Rows that denseGemv computes together where depth steps are contiguous.
  static constexpr int kDenseGemvRows = 6;

  // Columns of y that the gemm functions compute together; work is split at its multiples.
  int panel;

  void (*quantizeRow)(const float* x, int64_t k, int group, int8_t* codes, float* scales, float* sums,
                      int32_t* codeSums);
  void (*groupSums)(const float* x, int64_t k, int group, float* sums);

  // y[0 … m, begin … end), m ≤ kGemvRows.
  void (*gemvInt8)(const QuantizedMatrix&, const QuantizedRows&, Output, int64_t m, int64_t begin, int64_t end);
  void (*gemvExact)(const QuantizedMatrix&, const ExactRows&, Output, int64_t m, int64_t begin, int64_t end);
  // y[0 … m, begin … end), begin a multiple of `panel`.
  void (*gemmInt8)(const QuantizedMatrix&, const QuantizedRows&, Output, int64_t m, int64_t begin, int64_t end);
  void (*gemmExact)(const QuantizedMatrix&, const float* x, Output, int64_t m, int64_t begin, int64_t end);
  void (*dequantizeRow)(const QuantizedMatrix&, int64_t row, float* y);

  // y[0 … m, begin … end), any m.
  void (*denseGemv)(const DenseMatrix&, const float* x, const float* bias, Output, int64_t m, int64_t begin,
                    int64_t end);
  void (*denseGemm)(const DenseMatrix&, const float* x, const float* bias, Output, int64_t m, int64_t begin,
                    int64_t end);

  // All rows of one KV head (row = query head within its group * queries + query) against keys [keyBegin, keyEnd):
  // the values' unnormalized sums to acc[row, valueDim], the scores' maxima and the weights' sums beside.
  void (*attendFew)(const Attention&, int64_t kvHead, int64_t keyBegin, int64_t keyEnd, float* acc, float* maxima,
                    float* sums);
  // Merges such results, which lie behind one another part by part, into out; acc is overwritten.
  void (*attendMerge)(const Attention&, int64_t kvHead, float* acc, const float* maxima, const float* sums,
                      int64_t parts);
  // Queries [queryBegin, queryEnd) of a KV head's query group against all keys, written to out.
  void (*attendMany)(const Attention&, int64_t kvHead, int64_t queryBegin, int64_t queryEnd);

  void (*rmsNorm)(const float* x, const float* weight, float* y, int64_t rows, int64_t dim, float eps);
  void (*layerNorm)(const float* x, const LayerNorm&, float* y, int64_t rows, int64_t dim);
  void (*softmax)(const float* x, float* y, int64_t rows, int64_t dim);
  // cos and sin, [dims / 2], of one position; then the rotation of one row by them.
  void (*ropeAngles)(float position, const float* inverseFrequencies, float* cosines, float* sines, int64_t half);
  void (*ropeRow)(const Rope&, const float* x, float* y, const float* cosines, const float* sines);
  // Rows [begin, end) of all value heads' states.
  void (*gatedDelta)(const GatedDelta&, int64_t begin, int64_t end);
  void (*unary)(Unary, const float* x, float* y, int64_t count);
  void (*gated)(Unary, const float* gate, const float* up, float* y, int64_t count);
  void (*binary)(Binary, const float* a, const float* b, float* y, int64_t count);
  void (*binaryScalar)(Binary, const float* a, float b, float* y, int64_t count);
  void (*convert)(const void* from, Storage fromType, void* to, Storage toType, int64_t count);
};

// The table of the selected instruction set.
const KernelTable& kernels();

namespace portable {
const KernelTable& table();
}
#if defined(PTERON_CPU_X86) // set by CMakeLists.txt
namespace avx2 {
const KernelTable& table();
}
namespace avx512vnni {
const KernelTable& table();
}
#endif

} // namespace pteron::cpu
