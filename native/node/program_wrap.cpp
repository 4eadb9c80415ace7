#include "node/program_wrap.h"

#include "core/inputs.h"
#include "node/addon_data.h"
#include "node/arguments.h"
#include "node/session_wrap.h"
#include "node/tensor_value.h"

namespace pteron {
namespace {

ScalarType requireFloatType(const Napi::Value& value, const char* name) {
  const std::string dtype = requireString(value, name);
  if (dtype == "float32") {
    return ScalarType::Float;
  }
  if (dtype == "float16") {
    return ScalarType::Half;
  }
  if (dtype == "bfloat16") {
    return ScalarType::BFloat16;
  }
  throw invalidArgument(std::string(name) + " must be float32, float16 or bfloat16, not " + dtype + ".");
}

LoadRequest loadRequest(const Napi::CallbackInfo& info) {
  LoadRequest request;
  request.path = requireString(info[0], "path");
  request.dataPaths = optionalStrings(option(info[1], "dataPaths"), "dataPaths");
  if (const Napi::Value limit = option(info[1], "memoryLimit"); !limit.IsUndefined()) {
    request.memoryLimit = static_cast<uint64_t>(requireNumber(limit, "memoryLimit", 0, kMaxSafeInteger));
  }
  if (const Napi::Value context = option(info[1], "contextLength"); !context.IsUndefined()) {
    request.contextLength = requireInteger(context, "contextLength", 1, INT32_MAX);
  }
  if (const Napi::Value dtype = option(info[1], "cacheDtype"); !dtype.IsUndefined()) {
    request.cacheDtype = requireFloatType(dtype, "cacheDtype");
  }
  return request;
}

template <typename Items, typename Make> Napi::Value listOf(Napi::Env env, const Items& items, Make make) {
  auto array = Napi::Array::New(env, items.size());
  for (uint32_t i = 0; i < items.size(); ++i) {
    array.Set(i, make(env, items[i]));
  }
  return array;
}

} // namespace

Napi::Function ProgramWrap::define(Napi::Env env) {
  return DefineClass(env, "Program",
                     {StaticMethod<&ProgramWrap::load>("load"),
                      InstanceAccessor<&ProgramWrap::methods>("methods"),
                      InstanceAccessor<&ProgramWrap::graphs>("graphs"),
                      InstanceMethod<&ProgramWrap::constant>("constant"),
                      InstanceMethod<&ProgramWrap::run>("run"),
                      InstanceMethod<&ProgramWrap::languageModel>("languageModel"),
                      InstanceMethod<&ProgramWrap::createSession>("createSession"),
                      InstanceMethod<&ProgramWrap::dispose>("dispose")});
}

ProgramWrap::ProgramWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  throwing(info.Env(), [&] {
    if (!info[0].IsExternal()) {
      throw invalidArgument("Use Program.load.");
    }
    host_ = *info[0].As<Napi::External<std::shared_ptr<ProgramHost>>>().Data();
  });
}

ProgramWrap::~ProgramWrap() {
  if (host_) {
    host_->dispose();
  }
}

Napi::Value ProgramWrap::load(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return rejecting(env, [&]() -> Napi::Value {
    const LoadRequest request = loadRequest(info);
    const auto owner = AddonData::of(env).programClass.Value();
    auto call = std::make_unique<JobCall>(env, owner, env.Undefined(), env.Undefined());
    const auto host = AddonData::of(env).newHost(env);
    ProgramHost* loading = host.get();
    return host->submit(std::move(call), nullptr, [loading, request](JobContext&) -> ProgramHost::Result {
      loading->load(request);
      return [loading](Napi::Env env) -> Napi::Value {
        auto shared = loading->shared_from_this();
        return AddonData::of(env).programClass.New({Napi::External<std::shared_ptr<ProgramHost>>::New(env, &shared)});
      };
    });
  });
}

Napi::Value ProgramWrap::methods(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    return listOf(info.Env(), host_->program()->methods(), methodInfoValue);
  });
}

Napi::Value ProgramWrap::graphs(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    return listOf(info.Env(), host_->program()->graphs(), graphInfoValue);
  });
}

Napi::Value ProgramWrap::constant(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    const auto& constants = host_->program()->constants();
    const auto found = constants.find(requireString(info[0], "name"));
    return found == constants.end() ? info.Env().Undefined() : constantValue(info.Env(), found->second);
  });
}

Napi::Value ProgramWrap::run(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return rejecting(env, [&]() -> Napi::Value {
    const std::string name = requireString(info[0], "method");
    const auto program = host_->program();
    const MethodInfo* method = findMethod(program->methods(), name);
    if (!method) {
      throw invalidArgument("The program has no method " + name + ".");
    }
    std::vector<HostTensor> inputs = tensorArguments(info[1], "inputs");
    checkInputs(*method, inputs);
    auto call = std::make_unique<JobCall>(env, info.This().As<Napi::Object>(), env.Undefined(), env.Undefined());
    return host_->submit(std::move(call), nullptr, [program = program.get(), name, inputs](JobContext&) mutable {
      return [outputs = program->run(name, inputs)](Napi::Env env) { return listOf(env, outputs, tensorValue); };
    });
  });
}

Napi::Value ProgramWrap::languageModel(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return throwing(env, [&]() -> Napi::Value {
    const std::string method = info[0].IsUndefined() ? "forward" : requireString(info[0], "method");
    return languageModelValue(env, languageModelShape(*host_->program(), method));
  });
}

Napi::Value ProgramWrap::createSession(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return throwing(env, [&]() -> Napi::Value {
    const int64_t contextLength = requireInteger(option(info[0], "contextLength"), "contextLength", 1, INT32_MAX);
    const Napi::Value method = option(info[0], "method");
    auto session = std::make_unique<Session>(
        host_->program(), method.IsUndefined() ? "forward" : requireString(method, "method"), contextLength);
    auto shared = std::make_shared<SessionHost>(host_, std::move(session));
    return AddonData::of(env).sessionClass.New(
        {Napi::External<std::shared_ptr<SessionHost>>::New(env, &shared), info.This()});
  });
}

Napi::Value ProgramWrap::dispose(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    host_->dispose();
    return info.Env().Undefined();
  });
}

} // namespace pteron
