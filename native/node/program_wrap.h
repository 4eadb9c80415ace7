// The JavaScript class Program.
#pragma once

#include <memory>

#include <napi.h>

#include "node/program_host.h"

namespace pteron {

class ProgramWrap : public Napi::ObjectWrap<ProgramWrap> {
public:
  static Napi::Function define(Napi::Env env);

  // Only from the addon itself, with a host.
  explicit ProgramWrap(const Napi::CallbackInfo& info);
  ~ProgramWrap() override;

private:
  static Napi::Value load(const Napi::CallbackInfo& info);
  Napi::Value methods(const Napi::CallbackInfo& info);
  Napi::Value graphs(const Napi::CallbackInfo& info);
  Napi::Value constant(const Napi::CallbackInfo& info);
  Napi::Value run(const Napi::CallbackInfo& info);
  Napi::Value languageModel(const Napi::CallbackInfo& info);
  Napi::Value createSession(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

  std::shared_ptr<ProgramHost> host_;
};

} // namespace pteron
