#include "off_graph_cache.h"

#include "../failure.h"
#include "dtypes.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

constexpr int64_t kStep = 256; // positions that memory grows by
constexpr int64_t kMostLayers = 4096;

// Room for `end` positions, the first `used` kept.
mx::array grown(const mx::array& rows, int64_t end, int used, int64_t most, mx::Stream s) {
  if (end <= rows.shape(2)) return rows;
  mx::Shape shape = rows.shape(), kept = rows.shape();
  kept[2] = used;
  const int64_t wanted = (std::max<int64_t>(end, 2 * int64_t{rows.shape(2)}) + kStep - 1) / kStep * kStep;
  shape[2] = static_cast<int>(std::min(most, wanted)) - used;
  return mx::concatenate({mx::slice(rows, mx::Shape(4, 0), kept, s), mx::zeros(shape, rows.dtype(), s)}, 2, s);
}

mx::array written(const mx::array& rows, const mx::array& update, int at, mx::Stream s) {
  mx::Shape start(4, 0), stop = rows.shape();
  start[2] = at;
  stop[2] = at + update.shape(2);
  return mx::slice_update(rows, update, start, stop, s);
}

mx::array upTo(const mx::array& rows, int64_t end, mx::Stream s) {
  mx::Shape stop = rows.shape();
  stop[2] = static_cast<int>(end);
  return mx::slice(rows, mx::Shape(4, 0), stop, s);
}

mx::array noRows(const mx::array& like, mx::Stream s) {
  return mx::zeros({like.shape(0), like.shape(1), 0, like.shape(3)}, like.dtype(), s);
}

bool fits(const mx::array& rows, const mx::array& update) {
  return rows.dtype() == update.dtype() && rows.shape(0) == update.shape(0) && rows.shape(1) == update.shape(1) &&
         rows.shape(3) == update.shape(3);
}

} // namespace

OffGraphCache::History OffGraphCache::update(int64_t id, mx::array k, mx::array v, int64_t at,
                                             const CacheLayout& layout, mx::Stream s) {
  const mx::Dtype computed = k.dtype();
  if (layout.storage) {
    k = mx::astype(k, toMlx(*layout.storage), s);
    v = mx::astype(v, k.dtype(), s);
  }
  expect(id >= 0 && id < kMostLayers, "an attention layer's number is out of range");
  expect(k.ndim() == 4 && v.ndim() == 4 && k.shape(2) == v.shape(2) && k.shape(0) == v.shape(0),
         "attention's keys and values do not fit");
  const int64_t end = at + k.shape(2);
  expect(at >= 0 && end <= layout.capacity, "the context is full");
  const auto found = layers.find(id);
  OffGraphLayer layer = found == layers.end() ? OffGraphLayer{noRows(k, s), noRows(v, s)} : found->second;
  if (found != layers.end()) layers.erase(found); // ours is then the only reference: updated in place
  expect(fits(layer.k, k) && fits(layer.v, v), "attention's keys or values changed their shape");
  expect(at <= layer.used, "positions before these were never fed");
  layer.k = written(grown(layer.k, end, layer.used, layout.capacity, s), k, static_cast<int>(at), s);
  layer.v = written(grown(layer.v, end, layer.used, layout.capacity, s), v, static_cast<int>(at), s);
  layer.used = static_cast<int>(end);
  layers.emplace(id, layer);
  return {mx::astype(upTo(layer.k, end, s), computed, s), mx::astype(upTo(layer.v, end, s), computed, s)};
}

std::vector<mx::array> OffGraphCache::arrays() const {
  std::vector<mx::array> all;
  for (const auto& [id, layer] : layers) {
    all.push_back(layer.k);
    all.push_back(layer.v);
  }
  return all;
}

} // namespace pteron::mlx::lazy
