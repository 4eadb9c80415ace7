// What a program says about its off-graph KV caches (constant methods get_max_ctx_len and get_windows of upstream's
// exporter): the nodes themselves carry neither.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace pteron::mlx {

struct CacheLayout {
  static constexpr int64_t kMostPositions = int64_t{1} << 20;
  int64_t capacity = kMostPositions; // positions
  std::vector<int64_t> windows;      // by layer; 0 or absent: attends to all positions
  std::optional<int8_t> storage;     // ScalarType that keys and values are kept in; absent: their own

  int64_t window(int64_t layer) const {
    return layer < static_cast<int64_t>(windows.size()) ? windows[static_cast<size_t>(layer)] : 0;
  }
};

} // namespace pteron::mlx
