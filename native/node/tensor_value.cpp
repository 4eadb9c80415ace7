#include "node/tensor_value.h"

#include <cstring>

#include "node/arguments.h"

namespace pteron {
namespace {

const char* kindName(TensorInfo::Kind kind) {
  switch (kind) {
  case TensorInfo::Kind::Tensor: return "tensor";
  case TensorInfo::Kind::Int: return "int";
  case TensorInfo::Kind::Double: return "double";
  case TensorInfo::Kind::Bool: return "bool";
  case TensorInfo::Kind::Other: break;
  }
  return "other";
}

template <typename Items, typename Make> Napi::Array arrayOf(Napi::Env env, const Items& items, Make make) {
  auto array = Napi::Array::New(env, items.size());
  uint32_t index = 0;
  for (const auto& item : items) {
    array.Set(index++, make(item));
  }
  return array;
}

Napi::Array shapeValue(Napi::Env env, const std::vector<int32_t>& shape) {
  return arrayOf(env, shape, [env](int32_t extent) { return Napi::Number::New(env, extent); });
}

Napi::Object tensorInfoValue(Napi::Env env, const TensorInfo& info) {
  auto object = Napi::Object::New(env);
  const char* dtype = info.kind == TensorInfo::Kind::Tensor ? dtypeName(info.dtype) : nullptr;
  object.Set("kind", kindName(info.kind));
  object.Set("dtype", dtype ? Napi::Value(Napi::String::New(env, dtype)) : env.Null());
  object.Set("shape", shapeValue(env, info.shape));
  return object;
}

} // namespace

HostTensor tensorArgument(Napi::Value value) {
  if (!value.IsObject()) {
    throw invalidArgument("An input must be a tensor {dtype, shape, data}.");
  }
  const auto object = value.As<Napi::Object>();
  const std::string name = requireString(object.Get("dtype"), "dtype");
  const auto dtype = dtypeOf(name);
  if (!dtype) {
    throw invalidArgument("There is no dtype " + name + ".");
  }
  const Napi::Value shape = object.Get("shape");
  const Napi::Value data = object.Get("data");
  if (!shape.IsArray() || !data.IsTypedArray() ||
      data.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw invalidArgument("A tensor's shape must be an array, and its data a Uint8Array.");
  }
  HostTensor tensor{*dtype, {}, {}};
  const auto extents = shape.As<Napi::Array>();
  for (uint32_t i = 0; i < extents.Length(); ++i) {
    tensor.shape.push_back(static_cast<int32_t>(requireInteger(extents[i], "shape", 0, INT32_MAX)));
  }
  const auto bytes = data.As<Napi::Uint8Array>();
  tensor.data.resize(bytes.ByteLength());
  if (!tensor.data.empty()) {
    std::memcpy(tensor.data.data(), bytes.Data(), tensor.data.size());
  }
  return tensor;
}

std::vector<HostTensor> tensorArguments(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) {
    throw invalidArgument(std::string(name) + " must be an array of tensors.");
  }
  std::vector<HostTensor> tensors;
  const auto given = value.As<Napi::Array>();
  for (uint32_t i = 0; i < given.Length(); ++i) {
    tensors.push_back(tensorArgument(given[i]));
  }
  return tensors;
}

Napi::Object tensorValue(Napi::Env env, const HostTensor& tensor) {
  auto data = Napi::Uint8Array::New(env, tensor.data.size());
  if (!tensor.data.empty()) {
    std::memcpy(data.Data(), tensor.data.data(), tensor.data.size());
  }
  auto object = Napi::Object::New(env);
  object.Set("dtype", dtypeName(tensor.dtype));
  object.Set("shape", shapeValue(env, tensor.shape));
  object.Set("data", data);
  return object;
}

Napi::Object methodInfoValue(Napi::Env env, const MethodInfo& info) {
  const auto tensorInfo = [env](const TensorInfo& tensor) { return tensorInfoValue(env, tensor); };
  auto object = Napi::Object::New(env);
  object.Set("name", info.name);
  object.Set("inputs", arrayOf(env, info.inputs, tensorInfo));
  object.Set("outputs", arrayOf(env, info.outputs, tensorInfo));
  object.Set("delegates", arrayOf(env, info.delegates, [env](const auto& name) { return Napi::String::New(env, name); }));
  return object;
}

Napi::Object languageModelValue(Napi::Env env, const LanguageModelShape& shape) {
  const auto number = [env](int64_t value) { return Napi::Number::New(env, static_cast<double>(value)); };
  auto object = Napi::Object::New(env);
  object.Set("contract", contractName(shape.contract));
  object.Set("chunk", number(shape.chunk));
  object.Set("rows", number(shape.rows));
  object.Set("vocabulary", number(shape.vocabulary));
  object.Set("context", shape.context > 0 ? Napi::Value(number(shape.context)) : env.Null());
  object.Set("rewind", rewindName(shape.rewind));
  object.Set("slots", number(shape.slots));
  object.Set("featureWidth", number(shape.featureWidth));
  object.Set("given", arrayOf(env, shape.given, [env](const TensorInfo& input) { return tensorInfoValue(env, input); }));
  return object;
}

Napi::Object graphInfoValue(Napi::Env env, const GraphSummary& graph) {
  const auto number = [env](int64_t value) { return Napi::Number::New(env, static_cast<double>(value)); };
  auto counts = Napi::Object::New(env);
  for (const auto& [node, count] : graph.nodeCounts) {
    counts.Set(node, number(count));
  }
  auto types = Napi::Object::New(env);
  for (const auto& [dtype, share] : graph.constantTypes) {
    auto value = Napi::Object::New(env);
    value.Set("count", number(share.count));
    value.Set("bytes", number(share.bytes));
    types.Set(dtype, value);
  }
  auto object = Napi::Object::New(env);
  object.Set("method", graph.method);
  object.Set("nodeCounts", counts);
  object.Set("constantBytes", number(graph.constantBytes));
  object.Set("constantCount", number(graph.constants));
  object.Set("constantTypes", types);
  object.Set("mutableBytes", number(graph.mutableBytes));
  object.Set("state", arrayOf(env, graph.state, [&](const mlx::StateBuffer& buffer) {
               auto value = Napi::Object::New(env);
               value.Set("name", buffer.name);
               value.Set("dtype", buffer.dtype);
               value.Set("shape", arrayOf(env, buffer.shape, number));
               return value;
             }));
  object.Set("cacheLayers", arrayOf(env, graph.cacheLayers, number));
  return object;
}

Napi::Value constantValue(Napi::Env env, const Constant& constant) {
  if (const auto* number = std::get_if<double>(&constant)) {
    return Napi::Number::New(env, *number);
  }
  if (const auto* flag = std::get_if<bool>(&constant)) {
    return Napi::Boolean::New(env, *flag);
  }
  return arrayOf(env, std::get<std::vector<double>>(constant), [env](double value) { return Napi::Number::New(env, value); });
}

} // namespace pteron
