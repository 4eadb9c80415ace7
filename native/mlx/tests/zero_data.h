// A program's weights, whatever their names: zeros.
#pragma once

#include <executorch/runtime/core/named_data_map.h>

#include <string>

namespace pteron::mlx::test {

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
