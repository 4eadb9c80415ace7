// A program file in memory, as long as it lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace pteron::mlx {

class MappedFile {
public:
  explicit MappedFile(const std::string& path); // throws fb::FormatError where it cannot be read
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  // The FlatBuffer that the file begins with: a header inside it says where it ends. Else all of the file.
  size_t programBytes() const;

private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

} // namespace pteron::mlx
