// What belongs to one environment (the main thread or a worker_threads Worker): its classes and its programs.
#pragma once

#include <memory>
#include <unordered_set>

#include <napi.h>

namespace pteron {

class ProgramHost;

class AddonData {
public:
  explicit AddonData(Napi::Env env);

  static AddonData& of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

  // A host stays until its thread has ended, whatever JavaScript has let go of.
  std::shared_ptr<ProgramHost> newHost(Napi::Env env);

  Napi::FunctionReference programClass;
  Napi::FunctionReference sessionClass;

private:
  void abandonAll();

  std::unordered_set<std::shared_ptr<ProgramHost>> hosts_;
};

} // namespace pteron
