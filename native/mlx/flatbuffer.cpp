#include "flatbuffer.h"

namespace pteron::mlx::fb {

namespace {
// Decoded structures are larger than their wire form, but only by a constant factor.
constexpr size_t kBudgetFactor = 64;
constexpr size_t kBudgetBase = 1 << 16;

[[noreturn]] void fail(const char* what, size_t at) {
  throw FormatError(std::string("damaged graph: ") + what + " at byte " + std::to_string(at));
}
} // namespace

Buffer::Buffer(const void* data, size_t size)
    : data_(static_cast<const uint8_t*>(data)), size_(size), budget_(size * kBudgetFactor + kBudgetBase) {}

void Buffer::check(size_t at, size_t bytes) const {
  if (at > size_ || bytes > size_ - at) fail("data beyond the end", at);
}

void Buffer::spend(size_t bytes) const {
  if (bytes > budget_) throw FormatError("damaged graph: it would decode to far more data than it holds");
  budget_ -= bytes;
}

size_t Buffer::follow(size_t at) const {
  const auto offset = load<uint32_t>(at);
  if (offset == 0 || offset > size_ - at) fail("offset beyond the end", at);
  return at + offset;
}

std::string Buffer::string(size_t at) const {
  const auto length = load<uint32_t>(at);
  check(at + 4, length);
  spend(length);
  return {reinterpret_cast<const char*>(data_ + at + 4), length};
}

Table::Table(const Buffer& buffer, size_t position) : buffer_(&buffer), position_(position) {
  const int64_t vtable = static_cast<int64_t>(position) - buffer.load<int32_t>(position);
  if (vtable < 0 || vtable > static_cast<int64_t>(buffer.size())) fail("table without a layout", position);
  vtable_ = static_cast<size_t>(vtable);
  vtableSize_ = buffer.load<uint16_t>(vtable_);
  tableSize_ = buffer.load<uint16_t>(vtable_ + 2);
  if (vtableSize_ < 4 || vtableSize_ % 2 || tableSize_ < 4) fail("bad table layout", vtable_);
  buffer.check(vtable_, vtableSize_);
  buffer.check(position_, tableSize_);
  buffer.spend(sizeof(Table));
}

Table Table::root(const Buffer& buffer) { return {buffer, buffer.follow(0)}; }

size_t Table::field(int id, size_t bytes) const {
  const size_t entry = 4 + 2 * static_cast<size_t>(id);
  if (entry + 2 > vtableSize_) return 0;
  const auto offset = buffer_->load<uint16_t>(vtable_ + entry);
  if (offset == 0) return 0;
  if (offset < 4 || offset + bytes > tableSize_) fail("field beyond its table", position_);
  return position_ + offset;
}

Table Table::table(int id) const {
  const size_t at = field(id, 4);
  if (!at) fail("missing field", position_);
  return {*buffer_, buffer_->follow(at)};
}

std::string Table::string(int id) const {
  const size_t at = field(id, 4);
  return at ? buffer_->string(buffer_->follow(at)) : std::string();
}

Vector Table::vector(int id, size_t elementSize) const {
  const size_t at = field(id, 4);
  if (!at) return {};
  const size_t begin = buffer_->follow(at);
  const size_t count = buffer_->load<uint32_t>(begin);
  buffer_->check(begin + 4, count * elementSize); // count < 2^32: no overflow
  buffer_->spend(count * sizeof(Table));
  return {begin + 4, count, elementSize};
}

std::vector<std::string> Table::strings(int id) const {
  const Vector source = vector(id, 4);
  std::vector<std::string> values;
  values.reserve(source.count);
  for (size_t i = 0; i < source.count; ++i) values.push_back(buffer_->string(buffer_->follow(source.at(i))));
  return values;
}

std::vector<Table> Table::tables(int id) const {
  const Vector source = vector(id, 4);
  std::vector<Table> values;
  values.reserve(source.count);
  for (size_t i = 0; i < source.count; ++i) values.emplace_back(*buffer_, buffer_->follow(source.at(i)));
  return values;
}

} // namespace pteron::mlx::fb
