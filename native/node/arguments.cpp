#include "node/arguments.h"

#include <cmath>

namespace pteron {
namespace {

CodedError wrong(const char* name, const std::string& expected) {
  return invalidArgument(std::string(name) + " must be " + expected + ".");
}

std::string range(double minimum, double maximum) {
  const auto text = [](double value) {
    return value == std::floor(value) && std::abs(value) < 1e15 ? std::to_string(static_cast<int64_t>(value))
                                                                 : std::to_string(value);
  };
  return "from " + text(minimum) + " to " + text(maximum);
}

} // namespace

Napi::Error toJs(Napi::Env env, const CodedError& error) {
  Napi::Error thrown = Napi::Error::New(env, error.what());
  thrown.Set("code", Napi::String::New(env, error.code()));
  thrown.Set("remedy", Napi::String::New(env, error.remedy()));
  return thrown;
}

Napi::Value option(Napi::Value options, const char* name) {
  if (options.IsUndefined()) {
    return options;
  }
  if (!options.IsObject()) {
    throw invalidArgument("The options must be an object.");
  }
  return options.As<Napi::Object>().Get(name);
}

std::string requireString(Napi::Value value, const char* name) {
  if (!value.IsString()) {
    throw wrong(name, "a string");
  }
  return value.As<Napi::String>().Utf8Value();
}

int64_t requireInteger(Napi::Value value, const char* name, int64_t minimum, int64_t maximum) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= static_cast<double>(minimum) && number <= static_cast<double>(maximum)) || number != std::floor(number)) {
    throw wrong(name, "a whole number " + range(static_cast<double>(minimum), static_cast<double>(maximum)));
  }
  return static_cast<int64_t>(number);
}

double requireNumber(Napi::Value value, const char* name, double minimum, double maximum) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= minimum && number <= maximum)) {
    throw wrong(name, "a number " + range(minimum, maximum));
  }
  return number;
}

std::vector<int32_t> requireTokens(Napi::Value value, const char* name, int64_t vocabulary) {
  std::vector<int32_t> tokens;
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_int32_array) {
    const auto array = value.As<Napi::Int32Array>();
    for (size_t i = 0; i < array.ElementLength(); ++i) {
      tokens.push_back(array[i]);
    }
  } else if (value.IsArray()) {
    const auto array = value.As<Napi::Array>();
    for (uint32_t i = 0; i < array.Length(); ++i) {
      tokens.push_back(static_cast<int32_t>(requireInteger(array[i], name, 0, vocabulary - 1)));
    }
  } else {
    throw wrong(name, "an array of token ids or an Int32Array");
  }
  for (int32_t token : tokens) {
    if (token < 0 || token >= vocabulary) {
      throw wrong(name, "token ids " + range(0, static_cast<double>(vocabulary - 1)) + ", not " + std::to_string(token));
    }
  }
  return tokens;
}

std::vector<std::string> optionalStrings(Napi::Value value, const char* name) {
  std::vector<std::string> strings;
  if (value.IsUndefined()) {
    return strings;
  }
  if (!value.IsArray()) {
    throw wrong(name, "an array of strings");
  }
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) {
    strings.push_back(requireString(array[i], name));
  }
  return strings;
}

} // namespace pteron
