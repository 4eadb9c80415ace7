// `runtimeInfo()` of the addon.
#pragma once

#include <napi.h>

namespace pteron {

Napi::Value runtimeInfoValue(const Napi::CallbackInfo& info);

} // namespace pteron
