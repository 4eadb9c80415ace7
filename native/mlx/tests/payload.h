// The delegate's payload of a committed program, and its weights as a data map of zeros.
#pragma once

#include "check.h"
#include "graph.h"

#include <executorch/runtime/core/named_data_map.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace pteron::mlx::test {

// The payload starts four bytes before the magic and says where its graph ends.
inline std::string readPayload(const std::string& model) {
  std::ifstream file(std::string(PTERON_FIXTURES) + "/" + model + "/model.pte", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for (size_t at = bytes.find("MLX0"); at != std::string::npos; at = bytes.find("MLX0", at + 1)) {
    uint64_t end = 0;
    if (at < 4 || at + 20 > bytes.size()) continue;
    std::memcpy(&end, bytes.data() + at + 4, sizeof end);
    if (end >= 24 && at - 4 + end <= bytes.size()) return bytes.substr(at - 4, end);
  }
  CHECK(!"the fixture holds an MLX payload");
  return {};
}

class ZeroData final : public ::executorch::runtime::NamedDataMap {
public:
  explicit ZeroData(size_t bytes) : zeros_(bytes, 0) {}

  using Buffer = ::executorch::runtime::FreeableBuffer;
  template <class T> using Result = ::executorch::runtime::Result<T>;
  Result<const ::executorch::runtime::TensorLayout> get_tensor_layout(std::string_view) const override {
    return ::executorch::runtime::Error::NotFound;
  }
  Result<Buffer> get_data(std::string_view) const override { return Buffer(zeros_.data(), zeros_.size(), nullptr); }
  ::executorch::runtime::Error load_data_into(std::string_view, void*, size_t) const override {
    return ::executorch::runtime::Error::NotFound;
  }
  Result<uint32_t> get_num_keys() const override { return 0u; }
  Result<const char*> get_key(uint32_t) const override { return ::executorch::runtime::Error::NotFound; }

private:
  std::string zeros_;
};

} // namespace pteron::mlx::test
