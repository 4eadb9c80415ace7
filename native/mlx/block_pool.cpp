#include "block_pool.h"

#include "failure.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace pteron::mlx {

namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kSmallest = 256;
constexpr size_t kLargest = size_t{1} << 33; // a larger temporary is a damaged graph's, or beyond this machine anyway

// Four sizes an octave, so that calls of nearly equal length share blocks.
size_t bucket(size_t bytes) {
  if (bytes <= kSmallest) return kSmallest;
  const size_t step = std::bit_floor(bytes) / 4;
  return (bytes + step - 1) / step * step;
}

bool smaller(const Block* block, size_t bytes) { return block->bytes < bytes; }

} // namespace

BlockPool::~BlockPool() {
  for (const auto& block : blocks_) std::free(block->data);
}

Block* BlockPool::take(size_t bytes) {
  const size_t size = bucket(bytes);
  const auto found = std::lower_bound(free_.begin(), free_.end(), size, smaller);
  // A block of twice the size or more would spread small tensors over cold memory.
  if (found != free_.end() && (*found)->bytes < 2 * size) {
    Block* block = *found;
    free_.erase(found);
    return block;
  }
  void* data = size > kLargest ? nullptr : std::aligned_alloc(kAlignment, size);
  if (!data)
    throw Failure(Error::MemoryAllocationFailed,
                  "no memory for a temporary tensor of " + std::to_string(bytes >> 20) + " MB");
  blocks_.push_back(std::make_unique<Block>(Block{data, size}));
  free_.reserve(blocks_.size());
  return blocks_.back().get();
}

void BlockPool::give(Block* block) {
  free_.insert(std::lower_bound(free_.begin(), free_.end(), block->bytes, smaller), block);
}

} // namespace pteron::mlx
