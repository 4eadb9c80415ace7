// Elementwise functions, conversion between storages, normalization and softmax of rows.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

struct SiluOp {
  Vf operator()(Vf x) const { return x * sigmoid(x); }
};
struct GeluTanhOp {
  Vf operator()(Vf x) const { return 0.5f * x * (1.0f + tanh(0.797884561f * fma(x * x * x, set1(0.044715f), x))); }
};
struct GeluErfOp {
  Vf operator()(Vf x) const { return 0.5f * x * (1.0f + erf(0.707106781f * x)); }
};
struct SigmoidOp {
  Vf operator()(Vf x) const { return sigmoid(x); }
};
struct TanhOp {
  Vf operator()(Vf x) const { return tanh(x); }
};
struct ExpOp {
  Vf operator()(Vf x) const { return exp(x); }
};
struct NegOp {
  Vf operator()(Vf x) const { return -x; }
};
struct SqrtOp {
  Vf operator()(Vf x) const {
    for (int i = 0; i < kLanes; ++i) x[i] = __builtin_sqrtf(x[i]);
    return x;
  }
};
struct RsqrtOp {
  Vf operator()(Vf x) const { return 1.0f / SqrtOp{}(x); }
};
struct SquareOp {
  Vf operator()(Vf x) const { return x * x; }
};

template <class Body> inline void withUnary(Unary op, Body body) {
  switch (op) {
  case Unary::Silu: body(SiluOp{}); break;
  case Unary::GeluTanh: body(GeluTanhOp{}); break;
  case Unary::GeluErf: body(GeluErfOp{}); break;
  case Unary::Sigmoid: body(SigmoidOp{}); break;
  case Unary::Tanh: body(TanhOp{}); break;
  case Unary::Exp: body(ExpOp{}); break;
  case Unary::Neg: body(NegOp{}); break;
  case Unary::Rsqrt: body(RsqrtOp{}); break;
  case Unary::Sqrt: body(SqrtOp{}); break;
  case Unary::Square: body(SquareOp{}); break;
  }
}

inline Vf loadSome(const float* p, int64_t n) { return n == kLanes ? load(p) : loadPartial(p, n); }

inline void unary(Unary op, const float* x, float* y, int64_t count) {
  withUnary(op, [&](auto f) { map(x, y, count, [&](Vf v, int64_t, int64_t) { return f(v); }); });
}

inline void gated(Unary op, const float* gate, const float* up, float* y, int64_t count) {
  withUnary(
      op, [&](auto f) { map(gate, y, count, [&](Vf v, int64_t i, int64_t n) { return f(v) * loadSome(up + i, n); }); });
}

struct AddOp {
  Vf operator()(Vf a, Vf b) const { return a + b; }
};
struct SubtractOp {
  Vf operator()(Vf a, Vf b) const { return a - b; }
};
struct MultiplyOp {
  Vf operator()(Vf a, Vf b) const { return a * b; }
};
struct DivideOp {
  Vf operator()(Vf a, Vf b) const { return a / b; }
};
// NaN in either operand gives NaN, as MLX has it.
struct MaximumOp {
  Vf operator()(Vf a, Vf b) const { return a != a ? a : a > b ? a : b; }
};
struct MinimumOp {
  Vf operator()(Vf a, Vf b) const { return a != a ? a : a < b ? a : b; }
};

template <class Body> inline void withBinary(Binary op, Body body) {
  switch (op) {
  case Binary::Add: body(AddOp{}); break;
  case Binary::Subtract: body(SubtractOp{}); break;
  case Binary::Multiply: body(MultiplyOp{}); break;
  case Binary::Divide: body(DivideOp{}); break;
  case Binary::Maximum: body(MaximumOp{}); break;
  case Binary::Minimum: body(MinimumOp{}); break;
  }
}

inline void binary(Binary op, const float* a, const float* b, float* y, int64_t count) {
  withBinary(op,
             [&](auto f) { map(a, y, count, [&](Vf v, int64_t i, int64_t n) { return f(v, loadSome(b + i, n)); }); });
}

inline void binaryScalar(Binary op, const float* a, float b, float* y, int64_t count) {
  withBinary(op, [&](auto f) { map(a, y, count, [&](Vf v, int64_t, int64_t) { return f(v, set1(b)); }); });
}

inline void rmsNorm(const float* x, const float* weight, float* y, int64_t rows, int64_t dim, float eps) {
  for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
    Vf acc[2] = {};
    int64_t i = 0;
    for (; i + 2 * kLanes <= dim; i += 2 * kLanes) {
      const Vf a = load(x + i), b = load(x + i + kLanes);
      acc[0] = fma(a, a, acc[0]);
      acc[1] = fma(b, b, acc[1]);
    }
    for (; i < dim; i += kLanes) {
      const Vf a = loadSome(x + i, least(dim - i, kLanes));
      acc[0] = fma(a, a, acc[0]);
    }
    const float scale = 1.0f / __builtin_sqrtf(reduceAdd(acc[0] + acc[1]) / static_cast<float>(dim) + eps);
    if (weight != nullptr)
      map(x, y, dim, [&](Vf v, int64_t j, int64_t n) { return v * scale * loadSome(weight + j, n); });
    else
      map(x, y, dim, [&](Vf v, int64_t, int64_t) { return v * scale; });
  }
}

inline float sumOf(const float* x, int64_t dim) {
  Vf acc[2] = {};
  int64_t i = 0;
  for (; i + 2 * kLanes <= dim; i += 2 * kLanes) {
    acc[0] += load(x + i);
    acc[1] += load(x + i + kLanes);
  }
  for (; i < dim; i += kLanes) acc[0] += loadSome(x + i, least(dim - i, kLanes));
  return reduceAdd(acc[0] + acc[1]);
}

// A second pass for the variance: as the difference of two large numbers it would lose its digits.
inline float varianceOf(const float* x, float mean, int64_t dim) {
  Vf acc = {};
  float rest = 0;
  int64_t i = 0;
  for (; i + kLanes <= dim; i += kLanes) {
    const Vf a = load(x + i) - mean;
    acc = fma(a, a, acc);
  }
  for (; i < dim; ++i) rest += (x[i] - mean) * (x[i] - mean);
  return (reduceAdd(acc) + rest) / static_cast<float>(dim);
}

inline void layerNorm(const float* x, const LayerNorm& norm, float* y, int64_t rows, int64_t dim) {
  for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
    const float mean = sumOf(x, dim) / static_cast<float>(dim);
    const float scale = 1.0f / __builtin_sqrtf(varianceOf(x, mean, dim) + norm.eps);
    map(x, y, dim, [&](Vf v, int64_t j, int64_t n) {
      v = (v - mean) * scale;
      if (norm.weight != nullptr) v = v * loadSome(norm.weight + j, n);
      return norm.bias != nullptr ? v + loadSome(norm.bias + j, n) : v;
    });
  }
}

inline float largestOf(const float* x, int64_t count) {
  float largest = x[0];
  int64_t i = 0;
  if (count >= kLanes) {
    Vf best = load(x);
    for (i = kLanes; i + kLanes <= count; i += kLanes) best = max(best, load(x + i));
    largest = reduceMax(best);
  }
  for (; i < count; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

// y = exp(x - shift), y's sum returned.
inline float exponentials(const float* x, float* y, int64_t count, float shift) {
  Vf sum{};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Vf e = exp(load(x + i) - shift);
    store(y + i, e);
    sum += e;
  }
  float total = reduceAdd(sum);
  if (i < count) {
    const Vf e = exp(loadPartial(x + i, count - i) - shift);
    storePartial(y + i, e, count - i);
    for (int64_t j = 0; j < count - i; ++j) total += e[j];
  }
  return total;
}

inline void softmax(const float* x, float* y, int64_t rows, int64_t dim) {
  for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
    const float scale = 1.0f / exponentials(x, y, dim, largestOf(x, dim));
    map(y, y, dim, [&](Vf v, int64_t, int64_t) { return v * scale; });
  }
}

} // namespace pteron::cpu::PTERON_TARGET
