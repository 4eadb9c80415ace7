// The CPU kernels' surface: plain C++ over raw pointers, no ExecuTorch and no MLX types.
//
// Activations are always fp32 in memory, whatever dtype the program declares; weights, scales and KV caches keep the
// dtype they are stored in. Every function splits its work over the pool and returns when it is done. Implementations
// for AVX2, AVX-512/VNNI, NEON and portable C++ are chosen once at run time (see isa.h; PTERON_CPU_ISA overrides).
#pragma once

#include <cstddef>
#include <cstdint>

namespace pteron::cpu {

class ThreadPool; // thread_pool.h

enum class Storage : uint8_t { F32, F16, BF16 };

// Affine: w[n, k] = scale[n, k / group] * q[n, k] + bias[n, k / group], q unsigned.
// Nvfp4: w[n, k] = scale[n, k / 16] * e2m1(q[n, k]): codes are 4-bit floats, scales 8-bit ones (e4m3), no biases.
enum class WeightFormat : uint8_t { Affine, Nvfp4 };

// MLX's quantized formats: codes packed low bits first into little-endian uint32 words, rows contiguous.
struct QuantizedMatrix {
  WeightFormat format = WeightFormat::Affine;
  const uint32_t* words = nullptr;
  const void* scales = nullptr;
  const void* biases = nullptr;
  Storage scaleType = Storage::F32; // of affine scales and biases
  int64_t rows = 0;                 // N, output features
  int64_t columns = 0;              // K, input features: a multiple of the group and of 32
  int bits = 4;                     // 2, 3, 4, 5, 6 or 8
  int group = 64;                   // 16, 32, 64 or 128
  // Every bias is -2^(bits - 1) times its scale (Q4_0, Q5_0, Q8_0): biases are then not read, and may be null.
  bool symmetric = false;
};

// Whether w's biases are so; set `symmetric` by it once at load. Reads every scale and bias.
bool hasSymmetricBiases(const QuantizedMatrix& w);

// Exact: fp32 activations against dequantized weights. Int8: activations rounded to int8 a group (relative error about
// 4e-3, the order of bf16's own rounding); used only for programs that declare bf16 or fp16 activations.
enum class Precision : uint8_t { Exact, Int8 };

// y[m, n] = x[m, k] · w[n, k]ᵀ. x and y dense.
void quantizedMatmul(ThreadPool&, const QuantizedMatrix& w, const float* x, float* y, int64_t m, Precision);

// Several matrices with the same x and columns (q, k, v; gate, up): y[i][m, w[i].rows]. One pass over the threads.
void quantizedMatmulMany(ThreadPool&, const QuantizedMatrix* w, float* const* y, int count, const float* x, int64_t m,
                         Precision);

// Rows `indices[i]` of w, dequantized: y[i, k].
void dequantizeRows(const QuantizedMatrix& w, const int64_t* indices, int64_t count, float* y);

// y[m, n] = x[m, k] · w[n, k]ᵀ (+ bias[n]); w row-major [n, k] (transposed = true) or [k, n] (false), in any storage.
void denseMatmul(ThreadPool&, const float* x, const void* w, Storage, bool transposed, const float* bias, float* y,
                 int64_t m, int64_t n, int64_t k);

// Grouped-query attention over a cache. Strides are in elements; head dimension contiguous.
struct Attention {
  const float* q = nullptr; // [heads, queries, dim]
  int64_t qHeadStride = 0, qRowStride = 0;
  const void* k = nullptr; // [kvHeads, keys, dim]
  const void* v = nullptr; // [kvHeads, keys, valueDim]
  // In place of k and v: for each KV head a matrix of `keys` rows. Blocks of them are dequantized as they are read.
  const QuantizedMatrix* quantizedK = nullptr;
  const QuantizedMatrix* quantizedV = nullptr;
  Storage cacheType = Storage::F32;
  int64_t kHeadStride = 0, kRowStride = 0, vHeadStride = 0, vRowStride = 0;
  float* out = nullptr; // [heads, queries, valueDim]
  int64_t outHeadStride = 0, outRowStride = 0;
  int64_t heads = 0, kvHeads = 0, queries = 0, keys = 0, dim = 0, valueDim = 0;
  float scale = 1;
  bool causal = false;                           // bottom-right aligned: query i sees keys 0 … keys - queries + i;
                                                 // a query that sees no key at all gives 0
  const uint8_t* boolMask = nullptr;             // [.., queries, keys] or null; true = attend
  const float* addMask = nullptr;                // [.., queries, keys] or null; added to the scores
  int64_t maskHeadStride = 0, maskRowStride = 0; // 0 = broadcast
};
void attention(ThreadPool&, const Attention&);

// y = x / sqrt(mean(x²) + eps) * weight, over the last dimension; weight may be null.
void rmsNorm(ThreadPool&, const float* x, const float* weight, float* y, int64_t rows, int64_t dim, float eps);
// y = (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias, over the last dimension; weight and bias may be null.
struct LayerNorm {
  const float *weight = nullptr, *bias = nullptr;
  float eps = 0;
};
void layerNorm(ThreadPool&, const float* x, const LayerNorm&, float* y, int64_t rows, int64_t dim);

// Rotary embedding of the first `dims` of each row [heads, rows, dim], the rest copied; row r has position offset + r.
// Angle i is position * scale / freqs[i], or position * scale * base^(-2i / dims) without freqs (as mlx.fast.rope).
struct Rope {
  const float* x = nullptr;
  float* y = nullptr; // may equal x
  int64_t heads = 0, rows = 0, dim = 0;
  int64_t xHeadStride = 0, xRowStride = 0, yHeadStride = 0, yRowStride = 0;
  int dims = 0;
  bool traditional = false;
  float base = 10000, scale = 1;
  int64_t offset = 0;
  const float* freqs = nullptr;
};
void rope(ThreadPool&, const Rope&);

// Linear attention's recurrence over the tokens of a call, for each value head h and its key head h / (Hv / Hk):
//   S = g S; S += β (v - S k) kᵀ; y = S q
struct GatedDelta {
  const float *q = nullptr, *k = nullptr;       // [tokens, keyHeads, keyDim]
  const float* v = nullptr;                     // [tokens, valueHeads, valueDim]
  const float *g = nullptr, *beta = nullptr;    // [tokens, valueHeads]
  const float* stateIn = nullptr;               // [valueHeads, valueDim, keyDim]
  float *y = nullptr, *stateOut = nullptr;      // as v; as stateIn, which it may not overlap
  int64_t tokens = 0, keyHeads = 0, valueHeads = 0, keyDim = 0, valueDim = 0;
};
void gatedDelta(ThreadPool&, const GatedDelta&);

enum class Unary : uint8_t { Silu, GeluTanh, GeluErf, Sigmoid, Tanh, Exp, Neg, Rsqrt, Sqrt, Square };
enum class Binary : uint8_t { Add, Subtract, Multiply, Divide, Maximum, Minimum };
void unary(ThreadPool&, Unary, const float* x, float* y, int64_t count);
// y = f(gate) * up: a gated MLP's activation in one pass.
void gated(ThreadPool&, Unary, const float* gate, const float* up, float* y, int64_t count);
// b broadcasts as: whole (bCount == count), one value (bCount == 1) or a row (count % bCount == 0).
void binary(ThreadPool&, Binary, const float* a, const float* b, float* y, int64_t count, int64_t bCount);
void softmax(ThreadPool&, const float* x, float* y, int64_t rows, int64_t dim);

void convert(const void* from, Storage fromType, void* to, Storage toType, int64_t count);

} // namespace pteron::cpu
