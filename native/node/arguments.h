// Reading what JavaScript hands over: every value is checked, and a wrong one is an invalid_argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <napi.h>

#include "core/errors.h"
#include "core/sampler.h"

namespace pteron {

// The JavaScript Error with `code` and `remedy`.
Napi::Error toJs(Napi::Env env, const CodedError& error);

// Runs a method's body; coded errors become thrown JavaScript ones.
template <typename Body> auto throwing(Napi::Env env, Body body) {
  try {
    return body();
  } catch (const CodedError& error) {
    throw toJs(env, error);
  }
}

// The same for a method that returns a promise, which is then rejected.
template <typename Body> Napi::Value rejecting(Napi::Env env, Body body) {
  const auto rejected = [env](Napi::Value error) {
    const auto deferred = Napi::Promise::Deferred::New(env);
    deferred.Reject(error);
    return deferred.Promise();
  };
  try {
    return body();
  } catch (const CodedError& error) {
    return rejected(toJs(env, error).Value());
  } catch (const Napi::Error& error) { // a getter of an options object that throws
    return rejected(error.Value());
  }
}

// The property of an options object; undefined where there are no options. Throws where `options` is no object.
Napi::Value option(Napi::Value options, const char* name);

std::string requireString(Napi::Value value, const char* name);
// A whole number in [minimum, maximum].
int64_t requireInteger(Napi::Value value, const char* name, int64_t minimum, int64_t maximum);
// A finite number in [minimum, maximum].
double requireNumber(Napi::Value value, const char* name, double minimum, double maximum);
// An array or Int32Array of whole numbers in [0, vocabulary).
std::vector<int32_t> requireTokens(Napi::Value value, const char* name, int64_t vocabulary);
// An array of strings; none where undefined.
std::vector<std::string> optionalStrings(Napi::Value value, const char* name);

constexpr double kMaxSafeInteger = 9007199254740991.0; // 2⁵³ − 1

// NativeSampling; defaults where undefined.
SamplingOptions samplingOptions(Napi::Value value);
// A Uint32Array of one bit a token, at least one of them set; empty where undefined.
std::vector<uint32_t> tokenMask(Napi::Value value, int64_t vocabulary);

} // namespace pteron
