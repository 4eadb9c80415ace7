// KV caches that a graph does not hold itself, as arrays of libmlx; see ../off_graph_cache.h.
#pragma once

#include "../cache_layout.h"

#include <mlx/array.h>
#include <mlx/stream.h>

#include <map>

namespace pteron::mlx::lazy {

namespace mx = ::mlx::core;

struct OffGraphLayer {
  mx::array k, v; // [B, H, capacity, D]
  int used = 0;   // positions
};

class OffGraphCache {
public:
  struct History {
    mx::array k, v; // [B, H, at + T, D]
  };
  // Throws Failure where rows before `at` are missing, the shapes change, or the context is full.
  History update(int64_t layer, mx::array k, mx::array v, int64_t at, const CacheLayout& layout, mx::Stream stream);

  // What must be evaluated with a call's outputs.
  std::vector<mx::array> arrays() const;
  std::map<int64_t, OffGraphLayer> layers;
};

} // namespace pteron::mlx::lazy
