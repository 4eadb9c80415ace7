#include "scratch.h"

#include <algorithm>
#include <memory>
#include <new>
#include <vector>

namespace pteron::cpu {
namespace {

constexpr size_t kAlign = 64, kSlack = 64, kFirst = size_t{1} << 20;

struct Deleter {
  void operator()(uint8_t* p) const { ::operator delete(p, std::align_val_t{kAlign}); }
};

struct Chunk {
  std::unique_ptr<uint8_t, Deleter> memory;
  size_t size = 0, used = 0;
};

// Chunks in the order they were added; only the last is taken from. Once all is given back, several chunks are
// replaced by one of their total size, so that the next round needs one only.
class Arena {
public:
  void* take(size_t bytes) {
    if (chunks_.empty() || chunks_.back().size - chunks_.back().used < bytes) add(bytes);
    Chunk& chunk = chunks_.back();
    void* data = chunk.memory.get() + chunk.used;
    chunk.used += bytes;
    return data;
  }

  void give(size_t bytes) {
    chunks_.back().used -= bytes;
    while (chunks_.size() > 1 && chunks_.back().used == 0) retireLast();
    if (retired_ > 0 && chunks_.back().used == 0) retireLast();
  }

private:
  void add(size_t bytes) {
    if (chunks_.size() == 1 && chunks_.back().used == 0) retireLast();
    const size_t size = std::max({bytes, kFirst, retired_});
    retired_ = 0;
    auto* memory = static_cast<uint8_t*>(::operator new(size + kSlack, std::align_val_t{kAlign}));
    chunks_.push_back({std::unique_ptr<uint8_t, Deleter>(memory), size, 0});
  }

  void retireLast() {
    retired_ += chunks_.back().size;
    chunks_.pop_back();
  }

  std::vector<Chunk> chunks_;
  size_t retired_ = 0; // bytes of chunks given up since the last allocation
};

Arena& arena() {
  thread_local Arena arena;
  return arena;
}

} // namespace

ScratchBlock::ScratchBlock(size_t bytes) : bytes_((bytes / kAlign + 1) * kAlign) { data_ = arena().take(bytes_); }

ScratchBlock::~ScratchBlock() { arena().give(bytes_); }

} // namespace pteron::cpu
