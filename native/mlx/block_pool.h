// Memory for temporary tensors, recycled between nodes and executions: once every size of a call has been seen, a further
// call of that size allocates nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace pteron::mlx {

struct Block {
  void* data = nullptr; // 64-byte aligned
  size_t bytes = 0;
};

class BlockPool {
public:
  BlockPool() = default;
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // The smallest free block of at least `bytes`, else a new one; throws where memory is out.
  Block* take(size_t bytes);
  void give(Block* block);

private:
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<Block*> free_; // by size, ascending; the most recently used of a size first
};

} // namespace pteron::mlx
