#include "node/arguments.h"

namespace pteron {

SamplingOptions samplingOptions(Napi::Value value) {
  SamplingOptions sampling;
  const auto number = [value](const char* name, float fallback, double minimum, double maximum) {
    const Napi::Value given = option(value, name);
    return given.IsUndefined() ? fallback : static_cast<float>(requireNumber(given, name, minimum, maximum));
  };
  sampling.temperature = number("temperature", sampling.temperature, 0, 100);
  sampling.topP = number("topP", sampling.topP, 0, 1);
  sampling.minP = number("minP", sampling.minP, 0, 1);
  sampling.repetitionPenalty = number("repetitionPenalty", sampling.repetitionPenalty, 0.01, 100);
  if (const Napi::Value topK = option(value, "topK"); !topK.IsUndefined()) {
    sampling.topK = requireInteger(topK, "topK", 0, INT32_MAX);
  }
  if (const Napi::Value seed = option(value, "seed"); !seed.IsUndefined()) {
    sampling.seed = static_cast<uint64_t>(requireInteger(seed, "seed", 0, static_cast<int64_t>(kMaxSafeInteger)));
  }
  return sampling;
}

std::vector<uint32_t> tokenMask(Napi::Value value, int64_t vocabulary) {
  if (value.IsUndefined()) {
    return {};
  }
  const auto words = static_cast<size_t>((vocabulary + 31) / 32);
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array ||
      value.As<Napi::TypedArray>().ElementLength() != words) {
    throw invalidArgument("mask must be a Uint32Array of " + std::to_string(words) + " words, one bit a token.");
  }
  const auto array = value.As<Napi::Uint32Array>();
  std::vector<uint32_t> mask(words);
  for (size_t i = 0; i < words; ++i) {
    mask[i] = array[i];
  }
  bool any = false;
  for (int64_t token = 0; token < vocabulary && !any; ++token) {
    any = (mask[static_cast<size_t>(token) / 32] >> (token % 32) & 1) != 0;
  }
  if (!any) {
    throw invalidArgument("mask must allow at least one token.");
  }
  return mask;
}

} // namespace pteron
