#include "core/inputs.h"

#include <array>

#include "core/errors.h"
#include "core/log.h"

namespace pteron {
namespace {

using executorch::runtime::Error;
using executorch::runtime::EValue;

constexpr size_t kMaxRank = 8;

std::string text(const std::vector<int32_t>& shape) {
  std::string joined = "[";
  for (int32_t extent : shape) {
    joined += (joined.size() > 1 ? ", " : "") + std::to_string(extent);
  }
  return joined + "]";
}

CodedError wrong(const MethodInfo& method, size_t index, const std::string& detail) {
  return invalidArgument("Input " + std::to_string(index) + " of " + method.name + ": " + detail + ".");
}

void checkTensor(const MethodInfo& method, size_t index, const HostTensor& tensor) {
  const TensorInfo& declared = method.inputs[index];
  if (tensor.dtype != declared.dtype) {
    const char* expected = dtypeName(declared.dtype);
    throw wrong(method, index, std::string("it takes ") + (expected ? expected : "another dtype") + ", not " + dtypeName(tensor.dtype));
  }
  bool fits = tensor.shape.size() == declared.shape.size() && tensor.shape.size() <= kMaxRank;
  for (size_t i = 0; fits && i < tensor.shape.size(); ++i) {
    fits = tensor.shape[i] <= declared.shape[i];
  }
  if (!fits) {
    throw wrong(method, index, "the shape " + text(tensor.shape) + " does not fit into " + text(declared.shape));
  }
}

EValue scalarValue(TensorInfo::Kind kind, const HostTensor& tensor) {
  const double value = scalarOf(tensor);
  switch (kind) {
  case TensorInfo::Kind::Int: return EValue(static_cast<int64_t>(value));
  case TensorInfo::Kind::Double: return EValue(value);
  default: return EValue(value != 0);
  }
}

} // namespace

void checkInput(const MethodInfo& method, size_t index, const HostTensor& input) {
  const auto count = elementCount(input.shape);
  if (!count || static_cast<uint64_t>(*count) * elementBytes(input.dtype) != input.data.size()) {
    throw wrong(method, index, "the data are " + std::to_string(input.data.size()) + " bytes, which is not " +
                                   text(input.shape) + " of " + dtypeName(input.dtype));
  }
  switch (method.inputs[index].kind) {
  case TensorInfo::Kind::Tensor: checkTensor(method, index, input); break;
  case TensorInfo::Kind::Other: throw wrong(method, index, "it is neither a tensor nor a number");
  default: scalarOf(input);
  }
}

void checkInputs(const MethodInfo& method, const std::vector<HostTensor>& inputs) {
  if (inputs.size() != method.inputs.size()) {
    throw invalidArgument(method.name + " takes " + std::to_string(method.inputs.size()) + " inputs, not " +
                          std::to_string(inputs.size()) + ".");
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    checkInput(method, i, inputs[i]);
  }
}

void setInputs(executorch::runtime::Method& method, const MethodInfo& info, std::vector<HostTensor>& inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    HostTensor& input = inputs[i];
    const auto kind = info.inputs[i].kind;
    const Error error = kind == TensorInfo::Kind::Tensor
                            ? setTensor(method, i, input.dtype, input.shape, input.data.data())
                            : method.set_input(scalarValue(kind, input), i);
    if (error != Error::Ok) {
      const std::string reason = takeRuntimeLog();
      throw wrong(info, i, "the shape " + text(input.shape) + " is refused" + (reason.empty() ? "" : ": " + reason));
    }
  }
}

Error setTensor(executorch::runtime::Method& method, size_t index, ScalarType dtype, const std::vector<int32_t>& shape,
                void* data) {
  std::array<int32_t, kMaxRank> sizes{};
  std::array<int32_t, kMaxRank> strides{};
  std::array<uint8_t, kMaxRank> order{};
  int32_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    sizes[i] = shape[i];
    strides[i] = stride;
    order[i] = static_cast<uint8_t>(i);
    stride *= shape[i];
  }
  executorch::aten::TensorImpl tensor(dtype, static_cast<ssize_t>(shape.size()), sizes.data(), data, order.data(),
                                      strides.data());
  return method.set_input(EValue(executorch::aten::Tensor(&tensor)), index);
}

} // namespace pteron
