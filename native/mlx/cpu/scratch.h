// Work memory of the calling thread, taken and given back like a stack; nothing is allocated once it has grown to what
// the kernels need. Not inline: it is called from files compiled for different instruction sets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pteron::cpu {

class ScratchBlock {
public:
  explicit ScratchBlock(size_t bytes); // 64-byte aligned, with 64 readable bytes behind it; throws std::bad_alloc
  ~ScratchBlock();
  ScratchBlock(const ScratchBlock&) = delete;
  ScratchBlock& operator=(const ScratchBlock&) = delete;
  void* data() const { return data_; }
  float* floats() const { return static_cast<float*>(data_); }

private:
  void* data_;
  size_t bytes_;
};

// Hands out pieces of one block: take the total first, then the parts, each rounded up to 64 bytes.
class ScratchPieces {
public:
  explicit ScratchPieces(const ScratchBlock& block) : next_(static_cast<uint8_t*>(block.data())) {}
  template <class T> T* take(size_t count) {
    T* piece = reinterpret_cast<T*>(next_);
    next_ += (count * sizeof(T) + 63) / 64 * 64;
    return piece;
  }

private:
  uint8_t* next_;
};

} // namespace pteron::cpu
