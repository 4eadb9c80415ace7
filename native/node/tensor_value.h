// Tensors and a program's description as JavaScript values.
#pragma once

#include <napi.h>

#include "core/language_model_shape.h"
#include "core/program_info.h"

namespace pteron {

// Throws invalid_argument. Copies the data.
HostTensor tensorArgument(Napi::Value value);
// The same of an array of them.
std::vector<HostTensor> tensorArguments(const Napi::Value& value, const char* name);
Napi::Object tensorValue(Napi::Env env, const HostTensor& tensor);
Napi::Object methodInfoValue(Napi::Env env, const MethodInfo& info);
Napi::Object languageModelValue(Napi::Env env, const LanguageModelShape& shape);
Napi::Object graphInfoValue(Napi::Env env, const GraphSummary& graph);
Napi::Value constantValue(Napi::Env env, const Constant& constant);

} // namespace pteron
