// The JavaScript class Session.
#pragma once

#include <memory>

#include <napi.h>

#include "node/session_host.h"

namespace pteron {

class SessionWrap : public Napi::ObjectWrap<SessionWrap> {
public:
  static Napi::Function define(Napi::Env env);

  // Only from the addon itself, with a host and the Program that it belongs to.
  explicit SessionWrap(const Napi::CallbackInfo& info);
  ~SessionWrap() override;

private:
  Napi::Value position(const Napi::CallbackInfo& info);
  Napi::Value prefill(const Napi::CallbackInfo& info);
  Napi::Value decode(const Napi::CallbackInfo& info);
  Napi::Value verify(const Napi::CallbackInfo& info);
  Napi::Value rewind(const Napi::CallbackInfo& info);
  Napi::Value provide(const Napi::CallbackInfo& info);
  Napi::Value logits(const Napi::CallbackInfo& info);
  Napi::Value reset(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

  std::shared_ptr<SessionHost> host_;
  Napi::ObjectReference program_; // a program that is no longer referenced would be disposed, and this with it
};

} // namespace pteron
