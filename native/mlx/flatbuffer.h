// A bounds-checked reader of FlatBuffers, enough for the delegate's schema.
//
// The payload comes from a file that may be damaged or hostile: every offset, vtable, vector and string is checked
// against the buffer before it is followed, and what decoding may allocate is bounded by a budget in proportion to the
// buffer's size (many offsets may point at one large vector). Violations throw FormatError.
// Format: https://flatbuffers.dev/internals/ (little-endian, 32-bit offsets).
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace pteron::mlx::fb {

struct FormatError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Buffer {
public:
  Buffer(const void* data, size_t size);

  template <class T> T load(size_t at) const {
    check(at, sizeof(T));
    T value;
    std::memcpy(&value, data_ + at, sizeof(T));
    return value;
  }
  // Position that the 32-bit offset stored at `at` points to.
  size_t follow(size_t at) const;
  void check(size_t at, size_t bytes) const;
  // Accounts for `bytes` of decoded data.
  void spend(size_t bytes) const;
  std::string string(size_t at) const;
  size_t size() const { return size_; }

private:
  const uint8_t* data_;
  size_t size_;
  mutable size_t budget_;
};

// A vector's elements: `at(i)` is the position of element i.
struct Vector {
  size_t begin = 0, count = 0, elementSize = 0;
  size_t at(size_t i) const { return begin + i * elementSize; }
};

class Table {
public:
  Table(const Buffer& buffer, size_t position);
  static Table root(const Buffer& buffer);

  // Position of field `id`'s inline data of `bytes`, or 0 where the field is absent.
  size_t field(int id, size_t bytes) const;
  bool has(int id) const { return field(id, 1) != 0; }

  template <class T> T scalar(int id, T absent) const {
    const size_t at = field(id, sizeof(T));
    return at ? buffer_->load<T>(at) : absent;
  }
  bool boolean(int id, bool absent) const { return scalar<uint8_t>(id, absent) != 0; }
  Table table(int id) const;
  std::string string(int id) const;                // empty where absent
  Vector vector(int id, size_t elementSize) const; // empty where absent

  template <class T> std::vector<T> scalars(int id) const {
    const Vector source = vector(id, sizeof(T));
    std::vector<T> values(source.count);
    for (size_t i = 0; i < source.count; ++i) values[i] = buffer_->load<T>(source.at(i));
    return values;
  }
  std::vector<std::string> strings(int id) const;
  std::vector<Table> tables(int id) const;

  const Buffer& buffer() const { return *buffer_; }

private:
  const Buffer* buffer_;
  size_t position_, vtable_;
  uint16_t vtableSize_, tableSize_;
};

} // namespace pteron::mlx::fb
