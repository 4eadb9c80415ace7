#include "mapped_file.h"

#include "flatbuffer.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace pteron::mlx {

namespace {
constexpr size_t kHeaderAt = 8, kLengthAt = 16, kHeaderEnd = 40; // executorch/schema/extended_header.h
}

MappedFile::MappedFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_size > 0) {
    size_ = static_cast<size_t>(status.st_size);
    void* memory = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (memory != MAP_FAILED) data_ = static_cast<const uint8_t*>(memory);
  }
  if (descriptor >= 0) close(descriptor);
  if (!data_) throw fb::FormatError("damaged program: it cannot be read");
}

MappedFile::~MappedFile() { munmap(const_cast<uint8_t*>(data_), size_); }

size_t MappedFile::programBytes() const {
  if (size_ < kHeaderEnd || std::memcmp(data_ + kHeaderAt, "eh00", 4) != 0) return size_;
  uint64_t bytes = 0;
  std::memcpy(&bytes, data_ + kLengthAt, sizeof bytes);
  return static_cast<size_t>(std::min<uint64_t>(bytes, size_));
}

} // namespace pteron::mlx
