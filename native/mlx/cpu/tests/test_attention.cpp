// Both paths (few rows, many rows) over head groupings, storages, strides and masks.
#include "reference.h"
#include "thread_pool.h"

#include <cmath>
#include <limits>

using namespace pteron::cpu;
using namespace pteron::cpu::testing;

namespace {

enum class Mask { None, Causal, Bool, BoolAHead, Sliding, Add, CausalAdd };

struct Shape {
  int64_t heads, kvHeads, queries, keys, dim, valueDim;
};

struct Case {
  Shape s;
  Storage type;
  Mask mask;
  int64_t rowPadding; // elements between rows, as in a cache that interleaves heads
  std::vector<float> q, add;
  Stored k, v;
  std::vector<uint8_t> keep;

  Case(Random& random, Shape shape, Storage storage, Mask kind, int64_t padding)
      : s(shape), type(storage), mask(kind), rowPadding(padding), q(random.floats(s.heads * s.queries * s.dim)),
        add(random.floats(s.heads * s.queries * s.keys, 3)),
        k(store(random.floats(s.kvHeads * s.keys * (s.dim + padding)), type)),
        v(store(random.floats(s.kvHeads * s.keys * (s.valueDim + padding)), type)) {
    for (int64_t i = 0; i < s.heads * s.queries * s.keys; ++i) keep.push_back(random.uniform() < 0.3f);
    // The first key block of some rows is masked wholly, and one row of the head masks sees nothing.
    for (int64_t i = 0; i < std::min<int64_t>(s.keys, 130); ++i)
      keep[static_cast<size_t>(i)] = mask == Mask::BoolAHead && s.keys < 130 ? 0 : i == 129;
    if (mask == Mask::Sliding) // 40 keys before each query
      for (int64_t i = 0; i < s.queries * s.keys; ++i) {
        const int64_t distance = s.keys - s.queries + i / s.keys - i % s.keys;
        keep[static_cast<size_t>(i)] = distance >= 0 && distance < 40;
      }
  }

  Attention attention(std::vector<float>& out) const {
    Attention a;
    a.q = q.data(), a.k = k.bytes.data(), a.v = v.bytes.data(), a.out = out.data(), a.cacheType = type;
    a.qHeadStride = s.queries * s.dim, a.qRowStride = s.dim;
    a.outHeadStride = s.valueDim, a.outRowStride = s.heads * s.valueDim; // [queries, heads, valueDim]
    a.kRowStride = s.dim + rowPadding, a.vRowStride = s.valueDim + rowPadding;
    a.kHeadStride = s.keys * a.kRowStride, a.vHeadStride = s.keys * a.vRowStride;
    a.heads = s.heads, a.kvHeads = s.kvHeads, a.queries = s.queries, a.keys = s.keys, a.dim = s.dim,
    a.valueDim = s.valueDim;
    a.scale = 1.5f / std::sqrt(static_cast<float>(s.dim));
    a.causal = mask == Mask::Causal || mask == Mask::CausalAdd;
    a.maskRowStride = s.keys;
    if (mask == Mask::Bool || mask == Mask::BoolAHead || mask == Mask::Sliding) a.boolMask = keep.data();
    if (mask == Mask::Add || mask == Mask::CausalAdd) a.addMask = add.data();
    if (mask == Mask::BoolAHead || mask == Mask::Add) a.maskHeadStride = s.queries * s.keys;
    return a;
  }
};

std::vector<double> expectedRow(const Case& c, const Attention& a, int64_t head, int64_t query) {
  const int64_t kv = head / (c.s.heads / c.s.kvHeads);
  std::vector<double> scores, out(static_cast<size_t>(c.s.valueDim), 0);
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (int64_t key = 0; key < c.s.keys; ++key) {
    double score = 0;
    for (int64_t d = 0; d < c.s.dim; ++d)
      score += double(c.q[static_cast<size_t>(head * a.qHeadStride + query * a.qRowStride + d)]) *
               c.k.values[static_cast<size_t>(kv * a.kHeadStride + key * a.kRowStride + d)];
    score *= a.scale;
    const int64_t at = head * a.maskHeadStride + query * a.maskRowStride + key;
    if (a.addMask != nullptr) score += a.addMask[at];
    if (a.boolMask != nullptr && !a.boolMask[at]) score = -std::numeric_limits<double>::infinity();
    if (a.causal && key > c.s.keys - c.s.queries + query) score = -std::numeric_limits<double>::infinity();
    scores.push_back(score);
    largest = std::max(largest, score);
  }
  if (std::isinf(largest)) return out;
  for (int64_t key = 0; key < c.s.keys; ++key) {
    const double weight = std::exp(scores[static_cast<size_t>(key)] - largest);
    sum += weight;
    for (int64_t d = 0; d < c.s.valueDim; ++d)
      out[static_cast<size_t>(d)] +=
          weight * c.v.values[static_cast<size_t>(kv * a.vHeadStride + key * a.vRowStride + d)];
  }
  for (double& value : out) value /= sum;
  return out;
}

void compare(ThreadPool& pool, Random& random, Shape s, Storage type, Mask mask, int64_t padding) {
  const Case c(random, s, type, mask, padding);
  std::vector<float> out(static_cast<size_t>(s.heads * s.queries * s.valueDim), NAN);
  const Attention a = c.attention(out);
  attention(pool, a);
  std::vector<double> expected(out.size());
  for (int64_t head = 0; head < s.heads; ++head)
    for (int64_t query = 0; query < s.queries; ++query) {
      const std::vector<double> row = expectedRow(c, a, head, query);
      for (int64_t d = 0; d < s.valueDim; ++d)
        expected[static_cast<size_t>(head * a.outHeadStride + query * a.outRowStride + d)] =
            row[static_cast<size_t>(d)];
    }
  checkClose(out, expected, 2e-5, 1e-5,
             "attention, heads " + std::to_string(s.heads) + "/" + std::to_string(s.kvHeads) + ", queries " +
                 std::to_string(s.queries) + ", keys " + std::to_string(s.keys) + ", dims " + std::to_string(s.dim) +
                 "/" + std::to_string(s.valueDim) + ", storage " + std::to_string(static_cast<int>(type)) + ", mask " +
                 std::to_string(static_cast<int>(mask)));
}

} // namespace

int main() {
  ThreadPool pool(3);
  Random random(5);
  const Shape shapes[] = {
      {4, 1, 1, 700, 256, 256}, {8, 2, 1, 1, 64, 64},      {9, 3, 1, 333, 64, 64},   {6, 6, 3, 65, 40, 24},
      {4, 1, 4, 130, 256, 256}, {5, 1, 1, 200, 80, 80},    {4, 1, 50, 50, 256, 256}, {9, 3, 129, 300, 64, 64},
      {2, 2, 33, 70, 72, 20},   {3, 1, 17, 1000, 64, 128}, {16, 1, 140, 140, 8, 8},
  };
  for (const Shape& shape : shapes)
    for (Storage type : {Storage::F32, Storage::F16, Storage::BF16})
      for (Mask mask :
           {Mask::None, Mask::Causal, Mask::Bool, Mask::BoolAHead, Mask::Sliding, Mask::Add, Mask::CausalAdd})
        compare(pool, random, shape, type, mask, mask == Mask::Causal ? 24 : 0);
  compare(pool, random, {2, 1, 12, 5, 16, 16}, Storage::F32, Mask::Causal, 0); // the first queries see no key
  compare(pool, random, {2, 1, 40, 20, 16, 16}, Storage::BF16, Mask::Causal, 0);
  done("attention");
}
