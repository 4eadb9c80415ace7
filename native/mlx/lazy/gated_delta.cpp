// One token is a few products. Many are computed by chunks: within a chunk the tokens depend on each other through a triangular
// system, which is solved for all chunks together; then the state is carried from chunk to chunk.
//
// With G_i the product of g_1 … g_i within a chunk, S the state before it, and u_i what token i adds along its key:
//   u_i + Σ_{j<i} β_i (G_i / G_j) (k_i · k_j) u_j = β_i (v_i - G_i S k_i)
//   y_i = G_i S q_i + Σ_{j≤i} (G_i / G_j) (k_j · q_i) u_j
//   S' = G_C S + Σ_j (G_C / G_j) u_j k_jᵀ
// Source: Yang et al., Gated Delta Networks (arXiv 2412.06464), section 3.3.
#include "gated_delta.h"

#include "../failure.h"

#include <mlx/ops.h>

#include <algorithm>

namespace pteron::mlx::lazy {

namespace mx = ::mlx::core;

namespace {

constexpr int kChunk = 64;
constexpr float kSmallest = 1e-37F; // of g: its logarithm must be finite

class Operations {
public:
  explicit Operations(mx::Stream stream) : s(stream) {}

  mx::array swapped(const mx::array& x) const { return mx::swapaxes(x, -1, -2, s); }
  mx::array product(const mx::array& a, const mx::array& b) const { return mx::matmul(a, b, s); }
  mx::array part(const mx::array& x, int axis, int begin, int end) const {
    mx::Shape from(x.ndim(), 0), to = x.shape();
    from[static_cast<size_t>(axis)] = begin, to[static_cast<size_t>(axis)] = end;
    return mx::slice(x, from, to, s);
  }
  // 1 on and below (offset 0) or only below (offset -1) the diagonal.
  mx::array lower(int size, int offset) const { return mx::tri(size, size, offset, mx::float32, s); }

  // (1 + a)⁻¹ of strictly lower triangular a [L, n, n], n a power of two: inverses of diagonal blocks, joined two by two.
  mx::array inverse(const mx::array& a) const {
    const int count = a.shape(0), n = a.shape(1);
    mx::array blocks = mx::ones({count, n, 1, 1}, mx::float32, s);
    for (int size = 1; size < n; size *= 2) {
      const int pairs = n / (2 * size);
      const mx::array grid = mx::reshape(a, {count, pairs, 2 * size, pairs, 2 * size}, s);
      const mx::array diagonal = mx::moveaxis(mx::diagonal(grid, 0, 1, 3, s), -1, 1, s); // [L, pairs, 2 size, 2 size]
      const mx::array below = part(part(diagonal, 2, size, 2 * size), 3, 0, size);
      const mx::array two = mx::reshape(blocks, {count, pairs, 2, size, size}, s);
      const mx::array first = mx::take(two, 0, 2, s), second = mx::take(two, 1, 2, s);
      const mx::array corner = mx::negative(product(second, product(below, first)), s);
      const mx::array top = mx::concatenate({first, mx::zeros_like(first, s)}, -1, s);
      blocks = mx::concatenate({top, mx::concatenate({corner, second}, -1, s)}, -2, s);
    }
    return mx::reshape(blocks, {count, n, n}, s);
  }

  mx::Stream s;
};

// [B, T, H, …] → [B · H · chunks, C, …], short chunks filled up with `fill`.
mx::array chunked(const Operations& op, const mx::array& x, int chunks, int size, float fill) {
  const int batch = x.shape(0), tokens = x.shape(1), heads = x.shape(2);
  mx::array rows = mx::swapaxes(x, 1, 2, op.s);
  if (chunks * size != tokens) {
    mx::Shape shape = rows.shape();
    shape[2] = chunks * size - tokens;
    rows = mx::concatenate({rows, mx::full(shape, fill, mx::float32, op.s)}, 2, op.s);
  }
  mx::Shape shape{batch * heads * chunks, size};
  for (size_t i = 3; i < x.ndim(); ++i) shape.push_back(x.shape(static_cast<int>(i)));
  return mx::reshape(rows, shape, op.s);
}

// One token: q, k [B,1,H,Dk], v [B,1,H,Dv].
std::vector<mx::array> one(const Operations& op, const mx::array& q, const mx::array& k, const mx::array& v,
                           const mx::array& g, const mx::array& beta, const mx::array& state) {
  const int batch = v.shape(0), heads = v.shape(2), keys = k.shape(3), values = v.shape(3);
  const auto shaped = [&](const mx::array& x, int rows, int columns) {
    return mx::reshape(x, {batch, heads, rows, columns}, op.s);
  };
  const mx::array faded = mx::multiply(state, shaped(g, 1, 1), op.s), key = shaped(k, 1, keys);
  const mx::array held = op.product(faded, op.swapped(key));
  const mx::array moved =
      mx::multiply(mx::subtract(shaped(v, values, 1), held, op.s), shaped(beta, 1, 1), op.s);
  const mx::array next = mx::add(faded, mx::multiply(moved, key, op.s), op.s);
  return {mx::reshape(op.product(next, shaped(q, keys, 1)), v.shape(), op.s), next};
}

std::vector<mx::array> many(const Operations& op, const mx::array& q, const mx::array& k, const mx::array& v,
                            const mx::array& g, const mx::array& beta, const mx::array& state) {
  const mx::Stream s = op.s;
  const int batch = v.shape(0), tokens = v.shape(1), heads = v.shape(2), keyDim = k.shape(3), valueDim = v.shape(3);
  int size = 2;
  while (size < std::min(tokens, kChunk)) size *= 2;
  const int chunks = (tokens + size - 1) / size;
  const auto rows = [&](const mx::array& x, float fill) { return chunked(op, x, chunks, size, fill); };
  const mx::array queries = rows(q, 0), keys = rows(k, 0), values = rows(v, 0);
  const mx::array betas = mx::expand_dims(rows(beta, 0), -1, s);
  const mx::array sums =
      mx::cumsum(mx::log(mx::maximum(rows(g, 1), mx::array(kSmallest), s), s), -1, false, true, s); // log G
  const mx::array column = mx::expand_dims(sums, -1, s), row = mx::expand_dims(sums, -2, s);
  // G_i / G_j for i ≥ j; above the diagonal, where it could overflow, it is not wanted.
  const mx::array ratios =
      mx::multiply(mx::exp(mx::minimum(mx::subtract(column, row, s), mx::array(0.0F), s), s), op.lower(size, 0), s);
  const mx::array fading = mx::exp(column, s); // G_i
  const mx::array last = op.part(column, 1, size - 1, size);
  const mx::array own = mx::multiply(op.product(keys, op.swapped(keys)), mx::multiply(ratios, op.lower(size, -1), s), s);
  const mx::array solve = op.inverse(mx::multiply(own, betas, s));
  const auto perChunk = [&](const mx::array& x) {
    return mx::reshape(x, {batch * heads, chunks, x.shape(1), x.shape(2)}, s);
  };
  const mx::array added = perChunk(op.product(solve, mx::multiply(values, betas, s)));
  const mx::array seen = perChunk(op.product(solve, mx::multiply(keys, mx::multiply(betas, fading, s), s)));
  const mx::array asked = perChunk(mx::multiply(queries, fading, s));
  const mx::array within = perChunk(mx::multiply(op.product(queries, op.swapped(keys)), ratios, s));
  const mx::array carried =
      perChunk(op.swapped(mx::multiply(keys, mx::exp(mx::subtract(last, column, s), s), s))); // [.., Dk, C]
  const mx::array whole = perChunk(mx::exp(last, s));
  mx::array held = op.swapped(mx::reshape(state, {batch * heads, valueDim, keyDim}, s)); // Sᵀ
  std::vector<mx::array> results;
  for (int chunk = 0; chunk < chunks; ++chunk) {
    const auto of = [&](const mx::array& x) { return mx::take(x, chunk, 1, s); };
    const mx::array u = mx::subtract(of(added), op.product(of(seen), held), s);
    results.push_back(mx::add(op.product(of(asked), held), op.product(of(within), u), s));
    held = mx::add(mx::multiply(of(whole), held, s), op.product(of(carried), u), s);
  }
  const mx::array y = mx::reshape(mx::concatenate(results, 1, s), {batch, heads, chunks * size, valueDim}, s);
  return {mx::swapaxes(op.part(y, 2, 0, tokens), 1, 2, s), mx::reshape(op.swapped(held), state.shape(), s)};
}

} // namespace

std::vector<mx::array> gatedDelta(const std::vector<mx::array>& in, mx::Stream s) {
  const auto fits = [&](size_t i, size_t rank) { return in[i].ndim() == rank; };
  expect(fits(0, 4) && fits(1, 4) && fits(2, 4) && fits(3, 3) && fits(4, 3) && fits(5, 4) && in[2].size() > 0,
         "a kernel's inputs do not fit it");
  const int batch = in[2].shape(0), tokens = in[2].shape(1), heads = in[2].shape(2), keyHeads = in[0].shape(2);
  const mx::Shape gates{batch, tokens, heads}, keys{batch, tokens, keyHeads, in[0].shape(3)};
  expect(keyHeads > 0 && heads % keyHeads == 0 && in[0].shape() == keys && in[1].shape() == keys && in[3].shape() == gates &&
             in[4].shape() == gates && in[5].shape() == mx::Shape{batch, heads, in[2].shape(3), in[0].shape(3)},
         "a kernel's inputs do not fit it");
  std::vector<mx::array> x;
  for (size_t i = 0; i < 6; ++i) x.push_back(mx::astype(in[i], mx::float32, s));
  for (size_t i = 0; i < 2 && heads != keyHeads; ++i) x[i] = mx::repeat(x[i], heads / keyHeads, 2, s);
  const Operations op(s);
  return tokens == 1 ? one(op, x[0], x[1], x[2], x[3], x[4], x[5]) : many(op, x[0], x[1], x[2], x[3], x[4], x[5]);
}

} // namespace pteron::mlx::lazy
