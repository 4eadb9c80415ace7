// The addon's entry. Its surface is src/engine/native/addonTypes.ts.
#include <napi.h>

#include "core/log.h"
#include "node/addon_data.h"
#include "node/program_wrap.h"
#include "node/runtime_info_value.h"
#include "node/session_wrap.h"

#ifdef PTERON_OWN_DELEGATE
#include "mlx/backend.h"
#endif

namespace {

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  pteron::installRuntimeHooks();
#ifdef PTERON_OWN_DELEGATE
  pteron::mlx::registerMlxBackend();
#endif
  auto* data = new pteron::AddonData(env);
  env.SetInstanceData(data);
  data->programClass = Napi::Persistent(pteron::ProgramWrap::define(env));
  data->sessionClass = Napi::Persistent(pteron::SessionWrap::define(env));
  exports.Set("Program", data->programClass.Value());
  exports.Set("runtimeInfo", Napi::Function::New(env, pteron::runtimeInfoValue, "runtimeInfo"));
  return exports;
}

} // namespace

NODE_API_MODULE(pteron, initialise)
