// Changes FlatBuffers where it matters: fields, offsets and lengths instead of any byte. Knows no schema: what looks like a
// table is one. https://flatbuffers.dev/internals/
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t maxSize);

namespace {

using Random = std::minstd_rand;

struct Table {
  size_t at, layout;
  size_t fields;
};

class Bytes {
public:
  Bytes(uint8_t* data, size_t size, Random& random) : data_(data), size_(size), random_(random) {}

  template <class T> T load(size_t at) const {
    T value;
    std::memcpy(&value, data_ + at, sizeof value);
    return value;
  }
  template <class T> void store(size_t at, T value) {
    if (at + sizeof value <= size_) std::memcpy(data_ + at, &value, sizeof value);
  }
  size_t size() const { return size_; }
  size_t below(size_t bound) { return bound ? random_() % bound : 0; }

private:
  uint8_t* data_;
  size_t size_;
  Random& random_;
};

std::vector<Table> tablesIn(const Bytes& bytes, size_t begin, size_t end) {
  std::vector<Table> tables;
  for (size_t at = (begin + 3) / 4 * 4; at + 4 <= end; at += 4) {
    const int64_t layout = static_cast<int64_t>(at) - bytes.load<int32_t>(at);
    if (layout < static_cast<int64_t>(begin) || layout + 4 > static_cast<int64_t>(end) || layout % 2) continue;
    const auto layoutBytes = bytes.load<uint16_t>(static_cast<size_t>(layout));
    const auto tableBytes = bytes.load<uint16_t>(static_cast<size_t>(layout) + 2);
    if (layoutBytes < 6 || layoutBytes % 2 || layoutBytes > 200 || tableBytes < 5 || tableBytes > 500) continue;
    if (static_cast<size_t>(layout) + layoutBytes > end || at + tableBytes > end) continue;
    tables.push_back({at, static_cast<size_t>(layout), (layoutBytes - 4u) / 2u});
  }
  return tables;
}

constexpr int64_t kTelling[] = {0,
                                1,
                                -1,
                                2,
                                3,
                                4,
                                7,
                                8,
                                16,
                                31,
                                32,
                                33,
                                63,
                                64,
                                127,
                                128,
                                255,
                                256,
                                1024,
                                65535,
                                65536,
                                -2,
                                -128,
                                INT32_MAX,
                                INT32_MIN,
                                INT32_MAX - 1,
                                int64_t{1} << 32,
                                INT64_MAX,
                                INT64_MIN};

int64_t tellingValue(Bytes& bytes) { return kTelling[bytes.below(std::size(kTelling))]; }

void storeOfAnyWidth(Bytes& bytes, size_t at, int64_t value) {
  switch (bytes.below(4)) {
  case 0: return bytes.store(at, static_cast<uint8_t>(value));
  case 1: return bytes.store(at, value);
  default: return bytes.store(at, static_cast<uint32_t>(value));
  }
}

// Where a field's offset leads, if it is one; else 0.
size_t followed(const Bytes& bytes, size_t at) {
  const size_t target = at + bytes.load<uint32_t>(at);
  return target > at && target + 8 <= bytes.size() ? target : 0;
}

void changeVector(Bytes& bytes, size_t at) {
  const auto count = bytes.load<uint32_t>(at);
  const uint32_t counts[] = {0, count + 1, count - 1, count / 2, count * 2, UINT32_MAX};
  if (bytes.below(3) == 0) return bytes.store(at, counts[bytes.below(std::size(counts))]);
  storeOfAnyWidth(bytes, at + 4 + bytes.below(std::min<size_t>(count, 64) + 1) * 4, tellingValue(bytes));
}

void changeField(Bytes& bytes, const std::vector<Table>& tables) {
  const Table& table = tables[bytes.below(tables.size())];
  const size_t entry = table.layout + 4 + 2 * bytes.below(table.fields);
  const size_t at = table.at + bytes.load<uint16_t>(entry);
  if (at + 8 > bytes.size()) return;
  const Table& other = tables[bytes.below(tables.size())];
  switch (bytes.below(8)) {
  case 0: return bytes.store<uint16_t>(entry, 0); // absent
  case 1: return bytes.store(entry, bytes.load<uint16_t>(table.layout + 4 + 2 * bytes.below(table.fields)));
  case 2: return bytes.store(at, static_cast<uint32_t>(other.at - at)); // another table
  case 3: {                                                             // another table's value
    const size_t from = other.at + bytes.load<uint16_t>(other.layout + 4 + 2 * bytes.below(other.fields));
    return from + 4 <= bytes.size() ? bytes.store(at, bytes.load<uint32_t>(from)) : void();
  }
  case 4:
  case 5:
    if (const size_t vector = followed(bytes, at)) return changeVector(bytes, vector);
    [[fallthrough]];
  case 6: return bytes.store(at, bytes.load<uint32_t>(at) + (bytes.below(2) ? 1u : ~0u));
  default: return storeOfAnyWidth(bytes, at, tellingValue(bytes));
  }
}

// The FlatBuffer to change: of a program file mostly the delegate's, whose payload says "MLX0" four bytes in.
size_t graphOffset(const Bytes& bytes) {
  for (size_t at = 4; at + 4 <= bytes.size(); at += 4)
    if (bytes.load<uint32_t>(at) == 0x30584c4d) return at + 20;
  return 0;
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t maxSize, unsigned seed) {
  Random random(seed);
  Bytes bytes(data, size, random);
  if (size < 64 || bytes.below(6) == 0) return LLVMFuzzerMutate(data, size, maxSize);
  const size_t graph = graphOffset(bytes);
  const bool outside = graph > 64 && bytes.below(4) == 0;
  const std::vector<Table> tables = outside ? tablesIn(bytes, 0, graph - 24) : tablesIn(bytes, graph, size);
  if (tables.empty()) return LLVMFuzzerMutate(data, size, maxSize);
  for (size_t changes = 1 + bytes.below(3); changes > 0; --changes) changeField(bytes, tables);
  return size;
}
