#include "node/addon_data.h"

#include "node/program_host.h"

namespace pteron {

// `process.exit` runs no clean-up of the main thread's environment, and a thread that still computes while the libraries
// take down their globals would crash; terminating a worker thread emits no 'exit'. So both.
AddonData::AddonData(Napi::Env env) {
  const auto process = env.Global().Get("process").As<Napi::Object>();
  const auto atExit = Napi::Function::New(env, [this](const Napi::CallbackInfo&) { abandonAll(); });
  process.Get("once").As<Napi::Function>().Call(process, {Napi::String::New(env, "exit"), atExit});
  env.AddCleanupHook([this] {
    abandonAll();
    for (const auto& host : hosts_) {
      host->forget();
    }
    hosts_.clear();
  });
}

void AddonData::abandonAll() {
  for (const auto& host : hosts_) {
    host->abandon();
  }
}

std::shared_ptr<ProgramHost> AddonData::newHost(Napi::Env env) {
  auto host = std::make_shared<ProgramHost>(env);
  hosts_.insert(host);
  host->onEnded = [this, weak = std::weak_ptr(host)] { hosts_.erase(weak.lock()); };
  return host;
}

} // namespace pteron
