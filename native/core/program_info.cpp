#include "core/program_info.h"

#include <cstring>

#include "core/errors.h"

namespace pteron {
namespace {

using executorch::runtime::MethodMeta;
using executorch::runtime::Result;
using executorch::runtime::Tag;

TensorInfo::Kind kindOf(Tag tag) {
  switch (tag) {
  case Tag::Tensor: return TensorInfo::Kind::Tensor;
  case Tag::Int: return TensorInfo::Kind::Int;
  case Tag::Double: return TensorInfo::Kind::Double;
  case Tag::Bool: return TensorInfo::Kind::Bool;
  default: return TensorInfo::Kind::Other;
  }
}

template <typename T> const T& orInvalid(const Result<T>& result, const std::string& path) {
  if (!result.ok()) {
    throw programInvalid(path, "its metadata contradict themselves");
  }
  return *result;
}

TensorInfo describe(const Result<Tag>& tag, const Result<executorch::runtime::TensorInfo>& tensor,
                    const std::string& path) {
  TensorInfo info;
  info.kind = kindOf(orInvalid(tag, path));
  if (info.kind == TensorInfo::Kind::Tensor) {
    const auto& meta = orInvalid(tensor, path);
    info.dtype = meta.scalar_type();
    info.shape.assign(meta.sizes().begin(), meta.sizes().end());
    info.planned = meta.is_memory_planned();
    info.bytes = meta.nbytes();
    if (!elementCount(info.shape)) {
      throw programInvalid(path, "a tensor's shape is impossible");
    }
  }
  return info;
}

// The runtime asks for a tensor's metadata only where the tag says there is one.
Result<executorch::runtime::TensorInfo> inputTensor(const MethodMeta& meta, size_t i) {
  const auto tag = meta.input_tag(i);
  return tag.ok() && *tag == Tag::Tensor ? meta.input_tensor_meta(i) : executorch::runtime::Error::InvalidArgument;
}

Result<executorch::runtime::TensorInfo> outputTensor(const MethodMeta& meta, size_t i) {
  const auto tag = meta.output_tag(i);
  return tag.ok() && *tag == Tag::Tensor ? meta.output_tensor_meta(i) : executorch::runtime::Error::InvalidArgument;
}

// A damaged file may hold no name where one is due.
Result<const char*> nameOf(const Result<const char*>& name) {
  return name.ok() && *name ? Result<const char*>(*name) : executorch::runtime::Error::InvalidProgram;
}

MethodInfo describeMethod(const MethodMeta& meta, const char* name, const std::string& path) {
  MethodInfo info;
  info.name = name;
  for (size_t i = 0; i < meta.num_inputs(); ++i) {
    info.inputs.push_back(describe(meta.input_tag(i), inputTensor(meta, i), path));
  }
  for (size_t i = 0; i < meta.num_outputs(); ++i) {
    info.outputs.push_back(describe(meta.output_tag(i), outputTensor(meta, i), path));
  }
  for (size_t i = 0; i < meta.num_backends(); ++i) {
    info.delegates.emplace_back(orInvalid(nameOf(meta.get_backend_name(i)), path));
  }
  for (size_t i = 0; i < meta.num_memory_planned_buffers(); ++i) {
    const int64_t bytes = orInvalid(meta.memory_planned_buffer_size(i), path);
    if (bytes < 0) {
      throw programInvalid(path, "a planned buffer has a negative size");
    }
    info.plannedBytes += static_cast<uint64_t>(bytes);
  }
  return info;
}

} // namespace

std::vector<MethodInfo> describeMethods(const executorch::runtime::Program& program, const std::string& path) {
  std::vector<MethodInfo> methods;
  for (size_t i = 0; i < program.num_methods(); ++i) {
    const char* name = orInvalid(nameOf(program.get_method_name(i)), path);
    methods.push_back(describeMethod(orInvalid(program.method_meta(name), path), name, path));
  }
  if (methods.empty()) {
    throw programInvalid(path, "it has no methods");
  }
  return methods;
}

const MethodInfo* findMethod(const std::vector<MethodInfo>& methods, const std::string& name) {
  for (const MethodInfo& method : methods) {
    if (method.name == name) {
      return &method;
    }
  }
  return nullptr;
}

std::optional<Constant> constantOf(const HostTensor& tensor) {
  const size_t count = static_cast<size_t>(elementCount(tensor.shape).value_or(0));
  const size_t width = elementBytes(tensor.dtype);
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i) {
    HostTensor element{tensor.dtype, {}, {}};
    element.data.assign(tensor.data.begin() + static_cast<ptrdiff_t>(i * width),
                        tensor.data.begin() + static_cast<ptrdiff_t>((i + 1) * width));
    if (tensor.dtype == ScalarType::Half || tensor.dtype == ScalarType::BFloat16) {
      return std::nullopt;
    }
    values.push_back(scalarOf(element));
  }
  if (!tensor.shape.empty()) {
    return values;
  }
  return tensor.dtype == ScalarType::Bool ? Constant(values[0] != 0) : Constant(values[0]);
}

} // namespace pteron
