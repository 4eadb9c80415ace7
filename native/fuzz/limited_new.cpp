// Sanitizers end the process where operator new has no memory. A hostile file may ask for any amount, and is to be refused
// as on a machine without it.
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr size_t kMostBytes = size_t{256} << 20;
constexpr size_t kAlignment = alignof(std::max_align_t);

void* limited(size_t bytes, size_t alignment) noexcept {
  void* memory = nullptr;
  return bytes <= kMostBytes && posix_memalign(&memory, alignment, bytes ? bytes : 1) == 0 ? memory : nullptr;
}

void* orThrow(void* memory) {
  if (!memory) throw std::bad_alloc();
  return memory;
}

} // namespace

// All forms: a pair of which one is the sanitizer's would not match.
using Align = std::align_val_t;
using Quiet = std::nothrow_t;
void* operator new(size_t bytes) { return orThrow(limited(bytes, kAlignment)); }
void* operator new[](size_t bytes) { return orThrow(limited(bytes, kAlignment)); }
void* operator new(size_t bytes, Align to) { return orThrow(limited(bytes, static_cast<size_t>(to))); }
void* operator new[](size_t bytes, Align to) { return orThrow(limited(bytes, static_cast<size_t>(to))); }
void* operator new(size_t bytes, const Quiet&) noexcept { return limited(bytes, kAlignment); }
void* operator new[](size_t bytes, const Quiet&) noexcept { return limited(bytes, kAlignment); }
void* operator new(size_t bytes, Align to, const Quiet&) noexcept { return limited(bytes, static_cast<size_t>(to)); }
void* operator new[](size_t bytes, Align to, const Quiet&) noexcept { return limited(bytes, static_cast<size_t>(to)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, Align) noexcept { std::free(memory); }
void operator delete[](void* memory, Align) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, Align) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t, Align) noexcept { std::free(memory); }
void operator delete(void* memory, const Quiet&) noexcept { std::free(memory); }
void operator delete[](void* memory, const Quiet&) noexcept { std::free(memory); }
void operator delete(void* memory, Align, const Quiet&) noexcept { std::free(memory); }
void operator delete[](void* memory, Align, const Quiet&) noexcept { std::free(memory); }
