#include "core/tensor.h"

#include <array>
#include <cstring>

#include "core/errors.h"

namespace pteron {
namespace {

struct Dtype {
  ScalarType type;
  const char* name;
  size_t bytes;
};

constexpr std::array<Dtype, 9> kDtypes{{{ScalarType::Float, "float32", 4},
                                        {ScalarType::Half, "float16", 2},
                                        {ScalarType::BFloat16, "bfloat16", 2},
                                        {ScalarType::Long, "int64", 8},
                                        {ScalarType::Int, "int32", 4},
                                        {ScalarType::Short, "int16", 2},
                                        {ScalarType::Char, "int8", 1},
                                        {ScalarType::Byte, "uint8", 1},
                                        {ScalarType::Bool, "bool", 1}}};

const Dtype* find(ScalarType type) {
  for (const Dtype& dtype : kDtypes) {
    if (dtype.type == type) {
      return &dtype;
    }
  }
  return nullptr;
}

template <typename T> HostTensor scalarTensor(ScalarType dtype, T value) {
  HostTensor tensor{dtype, {}, std::vector<std::byte>(sizeof value)};
  std::memcpy(tensor.data.data(), &value, sizeof value);
  return tensor;
}

template <typename T> double read(const HostTensor& tensor) {
  T value;
  std::memcpy(&value, tensor.data.data(), sizeof value);
  return static_cast<double>(value);
}

} // namespace

const char* dtypeName(ScalarType dtype) {
  const Dtype* found = find(dtype);
  return found ? found->name : nullptr;
}

std::optional<ScalarType> dtypeOf(const std::string& name) {
  for (const Dtype& dtype : kDtypes) {
    if (name == dtype.name) {
      return dtype.type;
    }
  }
  return std::nullopt;
}

size_t elementBytes(ScalarType dtype) {
  const Dtype* found = find(dtype);
  return found ? found->bytes : 0;
}

std::optional<int64_t> elementCount(const std::vector<int32_t>& shape) {
  int64_t count = 1;
  for (int32_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(count, int64_t{extent}, &count)) {
      return std::nullopt;
    }
  }
  return count;
}

HostTensor copyOutput(const executorch::runtime::EValue& value) {
  if (value.isTensor()) {
    const auto& tensor = value.toTensor();
    if (!find(tensor.scalar_type())) {
      throw programUnsupported("The program", "an output's dtype has no JavaScript counterpart");
    }
    HostTensor copy{tensor.scalar_type(), {tensor.sizes().begin(), tensor.sizes().end()}, {}};
    copy.data.resize(tensor.nbytes());
    if (!copy.data.empty()) {
      std::memcpy(copy.data.data(), tensor.const_data_ptr(), copy.data.size());
    }
    return copy;
  }
  if (value.isInt()) {
    return scalarTensor(ScalarType::Long, value.toInt());
  }
  if (value.isDouble()) {
    return scalarTensor(ScalarType::Float, static_cast<float>(value.toDouble()));
  }
  if (value.isBool()) {
    return scalarTensor(ScalarType::Bool, value.toBool());
  }
  throw programUnsupported("The program", "an output is neither a tensor nor a number");
}

double scalarOf(const HostTensor& tensor) {
  if (elementCount(tensor.shape) != 1) {
    throw invalidArgument("A scalar input takes a tensor of one element.");
  }
  switch (tensor.dtype) {
  case ScalarType::Float: return read<float>(tensor);
  case ScalarType::Long: return read<int64_t>(tensor);
  case ScalarType::Int: return read<int32_t>(tensor);
  case ScalarType::Short: return read<int16_t>(tensor);
  case ScalarType::Char: return read<int8_t>(tensor);
  case ScalarType::Byte:
  case ScalarType::Bool: return read<uint8_t>(tensor);
  default: throw invalidArgument("A scalar input takes float32, an integer or bool.");
  }
}

} // namespace pteron
