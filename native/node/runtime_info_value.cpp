#include "node/runtime_info_value.h"

#include "core/runtime_info.h"

namespace pteron {
namespace {

Napi::Array strings(Napi::Env env, const std::vector<std::string>& values) {
  auto array = Napi::Array::New(env, values.size());
  for (uint32_t i = 0; i < values.size(); ++i) {
    array.Set(i, values[i]);
  }
  return array;
}

Napi::Object memoryValue(Napi::Env env, const MachineMemory& memory) {
  auto object = Napi::Object::New(env);
  object.Set("totalBytes", Napi::Number::New(env, static_cast<double>(memory.total)));
  object.Set("availableBytes", Napi::Number::New(env, static_cast<double>(memory.available)));
  object.Set("residentBytes", Napi::Number::New(env, static_cast<double>(memory.resident)));
  object.Set("peakResidentBytes", Napi::Number::New(env, static_cast<double>(memory.peakResident)));
  return object;
}

} // namespace

Napi::Value runtimeInfoValue(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const RuntimeInfo runtime = runtimeInfo();
  auto object = Napi::Object::New(env);
  object.Set("executorch", runtime.executorch);
  object.Set("mlx", runtime.mlx ? Napi::Value(Napi::String::New(env, *runtime.mlx)) : env.Null());
  object.Set("backends", strings(env, runtime.backends));
  object.Set("mlxDevice", runtime.mlxDevice);
  object.Set("mlxLibrary", runtime.mlxLibrary ? Napi::Value(Napi::String::New(env, *runtime.mlxLibrary)) : env.Null());
  object.Set("mlxDeviceBytes", Napi::Number::New(env, static_cast<double>(runtime.mlxDeviceBytes)));
  object.Set("cpuFeatures", strings(env, runtime.cpuFeatures));
  object.Set("threads", Napi::Number::New(env, runtime.threads));
  object.Set("memory", memoryValue(env, runtime.memory));
  return object;
}

} // namespace pteron
