// KV caches that a graph does not hold itself but reaches through UpdateAndAttend nodes, for our own kernels.
//
// Keys and values of position p lie in row p, whatever was there: going back is feeding an earlier position again.
// Memory grows in steps with the positions used, up to the program's context.
#pragma once

#include "cache_layout.h"
#include "tensor.h"

#include <iosfwd>
#include <map>

namespace pteron::mlx {

class OffGraphCache {
public:
  // Writes rows [B, H, T, D] from position `at` on and returns all rows up to the last written, [B, H, at + T, D].
  // Throws Failure where rows before `at` are missing, the shapes change, or the context is full.
  struct History {
    Tensor k, v;
  };
  History update(int64_t layer, const Tensor& k, const Tensor& v, int64_t at, const CacheLayout& layout);

  int64_t bytes() const;
  void save(std::ostream& file) const;
  // Leaves the cache empty where the file is damaged, and the stream failed.
  void restore(std::istream& file);

private:
  struct Rows { // [B, H, capacity, D]
    std::vector<char> data;
    DType type = DType::F32;
    Shape shape;
    Tensor view(int64_t first, int64_t count);
    void reserve(int64_t positions, int64_t used, int64_t most);
  };
  struct Layer {
    Rows k, v;
    int64_t used = 0;
  };
  std::map<int64_t, Layer> layers_;
};

} // namespace pteron::mlx
