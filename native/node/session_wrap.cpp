#include "node/session_wrap.h"

#include <algorithm>
#include <cstring>

#include "node/addon_data.h"
#include "node/arguments.h"
#include "node/tensor_value.h"

namespace pteron {
namespace {

DecodeRequest decodeRequest(Napi::Value options, const Session& session) {
  if (!options.IsObject()) {
    throw invalidArgument("decode takes an object of options.");
  }
  DecodeRequest request;
  request.maxTokens = requireInteger(option(options, "maxTokens"), "maxTokens", 1, INT32_MAX);
  request.sampling = samplingOptions(option(options, "sampling"));
  request.mask = tokenMask(option(options, "mask"), session.shape().vocabulary);
  if (const Napi::Value stop = option(options, "stopIds"); !stop.IsUndefined()) {
    request.stopIds = requireTokens(stop, "stopIds", session.shape().vocabulary);
  }
  return request;
}

// {at, values: float32 [1, rows, width]}; none where undefined.
Features featuresOption(Napi::Value options) {
  const Napi::Value value = option(options, "features");
  if (value.IsUndefined()) {
    return {};
  }
  Features features;
  features.first = static_cast<size_t>(requireInteger(option(value, "at"), "at", 0, INT32_MAX));
  const HostTensor tensor = tensorArgument(option(value, "values"));
  const auto count = elementCount(tensor.shape);
  if (tensor.dtype != ScalarType::Float || tensor.shape.size() != 3 || tensor.shape[0] != 1 || !count ||
      tensor.data.size() != static_cast<size_t>(*count) * sizeof(float)) {
    throw invalidArgument("Features must be a tensor float32 [1, rows, width].");
  }
  features.values.resize(static_cast<size_t>(*count));
  std::memcpy(features.values.data(), tensor.data.data(), tensor.data.size());
  return features;
}

Napi::Value decodeResult(Napi::Env env, const std::vector<int32_t>& tokens, Finish finish) {
  auto array = Napi::Array::New(env, tokens.size());
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    array.Set(i, Napi::Number::New(env, tokens[i]));
  }
  auto result = Napi::Object::New(env);
  result.Set("tokens", array);
  result.Set("finish", finish == Finish::Stop ? "stop" : finish == Finish::Length ? "length" : "cancelled");
  return result;
}

std::unique_ptr<JobCall> newCall(const Napi::CallbackInfo& info, Napi::Value signal, Napi::Value onToken) {
  return std::make_unique<JobCall>(info.Env(), info.This().As<Napi::Object>(), signal, onToken);
}

} // namespace

Napi::Function SessionWrap::define(Napi::Env env) {
  return DefineClass(env, "Session",
                     {InstanceAccessor<&SessionWrap::position>("position"),
                      InstanceMethod<&SessionWrap::prefill>("prefill"),
                      InstanceMethod<&SessionWrap::decode>("decode"),
                      InstanceMethod<&SessionWrap::verify>("verify"),
                      InstanceMethod<&SessionWrap::rewind>("rewind"),
                      InstanceMethod<&SessionWrap::reset>("reset"),
                      InstanceMethod<&SessionWrap::provide>("provide"),
                      InstanceMethod<&SessionWrap::logits>("logits"),
                      InstanceMethod<&SessionWrap::dispose>("dispose")});
}

SessionWrap::SessionWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  throwing(info.Env(), [&] {
    if (!info[0].IsExternal()) {
      throw invalidArgument("Use Program.createSession.");
    }
    host_ = *info[0].As<Napi::External<std::shared_ptr<SessionHost>>>().Data();
    program_ = Napi::Persistent(info[1].As<Napi::Object>());
  });
}

SessionWrap::~SessionWrap() {
  if (host_) {
    host_->dispose();
  }
}

Napi::Value SessionWrap::position(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    return Napi::Number::New(info.Env(), static_cast<double>(host_->session().position()));
  });
}

Napi::Value SessionWrap::prefill(const Napi::CallbackInfo& info) {
  return rejecting(info.Env(), [&]() -> Napi::Value {
    Session* session = &host_->session();
    auto tokens = requireTokens(info[0], "tokens", session->shape().vocabulary);
    auto features = featuresOption(info[1]);
    session->checkFeatures(features, tokens.size());
    auto call = newCall(info, option(info[1], "signal"), info.Env().Undefined());
    return host_->program().submit(
        std::move(call), host_,
        [session, tokens = std::move(tokens), features = std::move(features)](JobContext& job) -> ProgramHost::Result {
          const bool cancelled = session->prefill(tokens, [&job] { return job.cancelled(); }, features);
          return [position = session->position(), cancelled](Napi::Env env) {
            auto result = Napi::Object::New(env);
            result.Set("position", Napi::Number::New(env, static_cast<double>(position)));
            result.Set("cancelled", Napi::Boolean::New(env, cancelled));
            return result;
          };
        });
  });
}

Napi::Value SessionWrap::decode(const Napi::CallbackInfo& info) {
  return rejecting(info.Env(), [&]() -> Napi::Value {
    Session* session = &host_->session();
    auto request = decodeRequest(info[0], *session);
    const Napi::Value onToken = option(info[0], "onToken");
    const bool streams = !onToken.IsUndefined();
    auto call = newCall(info, option(info[0], "signal"), onToken);
    return host_->program().submit(
        std::move(call), host_, [session, streams, request = std::move(request)](JobContext& job) -> ProgramHost::Result {
          std::vector<int32_t> tokens;
          const auto onToken = [&](int32_t token) {
            tokens.push_back(token);
            return !streams || job.deliver(token);
          };
          const Finish finish = session->decode(request, onToken, [&job] { return job.cancelled(); });
          return [tokens, finish](Napi::Env env) { return decodeResult(env, tokens, finish); };
        });
  });
}

Napi::Value SessionWrap::verify(const Napi::CallbackInfo& info) {
  return rejecting(info.Env(), [&]() -> Napi::Value {
    Session* session = &host_->session();
    auto draft = requireTokens(info[0], "draft", session->shape().vocabulary);
    if (static_cast<int64_t>(draft.size()) > session->maxDraft()) {
      throw invalidArgument("A draft of this program has at most " + std::to_string(session->maxDraft()) + " tokens.");
    }
    const SamplingOptions sampling = samplingOptions(info[1]);
    auto call = newCall(info, info.Env().Undefined(), info.Env().Undefined());
    return host_->program().submit(
        std::move(call), host_, [session, sampling, draft = std::move(draft)](JobContext&) -> ProgramHost::Result {
          const VerifyResult verified = session->verify(draft, sampling);
          return [verified](Napi::Env env) {
            auto result = Napi::Object::New(env);
            result.Set("accepted", Napi::Number::New(env, static_cast<double>(verified.accepted)));
            result.Set("next", Napi::Number::New(env, verified.next));
            return result;
          };
        });
  });
}

Napi::Value SessionWrap::rewind(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    const int64_t position = requireInteger(info[0], "position", 0, INT32_MAX);
    return Napi::Number::New(info.Env(), static_cast<double>(host_->idleSession().rewind(position)));
  });
}

Napi::Value SessionWrap::reset(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    host_->idleSession().reset();
    return info.Env().Undefined();
  });
}

Napi::Value SessionWrap::provide(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    Session& session = host_->idleSession();
    const auto sessionClass = AddonData::of(info.Env()).sessionClass.Value();
    if (info[0].IsObject() && info[0].As<Napi::Object>().InstanceOf(sessionClass)) {
      session.provide(Unwrap(info[0].As<Napi::Object>())->host_->session());
    } else {
      session.provide(tensorArguments(info[0], "inputs"));
    }
    return info.Env().Undefined();
  });
}

Napi::Value SessionWrap::logits(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    const std::vector<float> values = host_->idleSession().logits();
    auto array = Napi::Float32Array::New(info.Env(), values.size());
    std::copy(values.begin(), values.end(), array.Data());
    return array;
  });
}

Napi::Value SessionWrap::dispose(const Napi::CallbackInfo& info) {
  return throwing(info.Env(), [&] {
    host_->dispose();
    program_.Reset();
    return info.Env().Undefined();
  });
}

} // namespace pteron
