#include "node/addon_data.h"

#include "node/program_host.h"

namespace pteron {

AddonData::AddonData(Napi::Env env) {
  env.AddCleanupHook([this] {
    for (const auto& host : hosts_) {
      host->abandon();
      host->forget();
    }
    hosts_.clear();
  });
}

std::shared_ptr<ProgramHost> AddonData::newHost(Napi::Env env) {
  auto host = std::make_shared<ProgramHost>(env);
  hosts_.insert(host);
  host->onEnded = [this, weak = std::weak_ptr(host)] { hosts_.erase(weak.lock()); };
  return host;
}

} // namespace pteron
