// Attention over a KV cache that the graph does not hold: append this call's keys and values, attend to all so far.
#include "../../failure.h"
#include "../dtypes.h"
#include "../handlers.h"

#include <mlx/fast.h>
#include <mlx/ops.h>
#include <mlx/transforms.h>

namespace pteron::mlx::lazy {

namespace {

template <class T> int64_t firstOf(const mx::array& positions) {
  const T* data = positions.data<T>();
  for (int64_t i = 1; i < static_cast<int64_t>(positions.size()); ++i)
    expect(data[i] == data[0] + i, "positions do not follow each other");
  return data[0];
}

// The first of consecutive positions [T, 1]; computed once a call, since all layers name the same tensor.
int64_t firstPosition(Frame& f, mx::array positions, int rows) {
  expect(static_cast<int>(positions.size()) == rows && rows > 0, "attention takes one position for each token");
  f.waited = true;
  mx::eval(positions);
  expect(positions.flags().row_contiguous, "positions are not contiguous");
  if (positions.dtype() == mx::int64) return firstOf<int64_t>(positions);
  expect(positions.dtype() == mx::int32, "positions are no integers");
  return firstOf<int32_t>(positions);
}

// True where query i (at position first + i) sees the key at position j: the last `window` positions.
mx::array windowMask(int queries, int keys, int first, int window, mx::Stream s) {
  const mx::array at = mx::reshape(mx::arange(first, first + queries, 1, s), {queries, 1}, s);
  const mx::array back = mx::subtract(at, mx::reshape(mx::arange(0, keys, 1, s), {1, keys}, s), s);
  return mx::logical_and(mx::greater_equal(back, mx::array(0), s), mx::less(back, mx::array(window), s), s);
}

void runUpdateAndAttend(Frame& f, const UpdateAndAttendNode& node) {
  expect(f.caches && f.cacheLayout, "there is no cache to attend to");
  const mx::array &q = f(node.q), &k = f(node.k);
  const mx::Stream s = f.stream();
  expect(q.ndim() == 4 && k.ndim() == 4 && q.shape(2) == k.shape(2), "attention's queries and keys do not fit");
  const int64_t first = firstPosition(f, f(node.position), q.shape(2));
  const auto [keys, values] = f.caches->update(*node.layerId, k, f(node.v), first, *f.cacheLayout, s);
  const int64_t window = f.cacheLayout->window(*node.layerId);
  std::optional<mx::array> mask;
  if (window > 0 && keys.shape(2) > window)
    mask = windowMask(q.shape(2), keys.shape(2), static_cast<int>(first), static_cast<int>(window), s);
  const mx::array out = mx::fast::scaled_dot_product_attention(q, keys, values, *node.scale, mask ? "array" : "causal",
                                                               mask, std::nullopt, false, s);
  f.set(node.out, node.outDtype ? mx::astype(out, toMlx(*node.outDtype), s) : out);
}

const char* refuse(const Node& node) {
  const auto& attention = static_cast<const UpdateAndAttendNode&>(node);
  if (!attention.layerId || !attention.scale) return "without a layer or a scale";
  return attention.outDtype ? refuseType(*attention.outDtype) : nullptr;
}

} // namespace

void addOffGraphHandlers(HandlerTable& table) { on<&runUpdateAndAttend>(table).refuse = refuse; }

} // namespace pteron::mlx::lazy
