#include "node/job.h"

#include "core/errors.h"
#include "node/arguments.h"

namespace pteron {

void JobControl::ask() {
  std::lock_guard lock(mutex_);
  answer_.reset();
}

void JobControl::answer(bool value) {
  {
    std::lock_guard lock(mutex_);
    answer_ = value;
  }
  wake_.notify_one();
}

bool JobControl::wait() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return answer_.has_value() || abandoned_; });
  return answer_.value_or(false);
}

void JobControl::abandon() {
  cancel();
  {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  wake_.notify_one();
}

JobCall::JobCall(Napi::Env env, Napi::Object owner, Napi::Value signal, Napi::Value onToken)
    : env_(env), deferred_(Napi::Promise::Deferred::New(env)), owner_(Napi::Persistent(owner)) {
  if (onToken.IsFunction()) {
    onToken_ = Napi::Persistent(onToken.As<Napi::Function>());
  } else if (!onToken.IsUndefined()) {
    throw invalidArgument("onToken must be a function.");
  }
  if (signal.IsObject() && signal.As<Napi::Object>().Get("addEventListener").IsFunction()) {
    listen(signal.As<Napi::Object>());
  } else if (!signal.IsUndefined()) {
    throw invalidArgument("signal must be an AbortSignal.");
  }
}

JobCall::~JobCall() = default;

void JobCall::listen(Napi::Object signal) {
  if (signal.Get("aborted").ToBoolean()) {
    control_->cancel();
    return;
  }
  const auto listener = Napi::Function::New(env_, [control = control_](const Napi::CallbackInfo&) { control->cancel(); });
  signal.Get("addEventListener").As<Napi::Function>().Call(signal, {Napi::String::New(env_, "abort"), listener});
  signal_ = Napi::Persistent(signal);
  listener_ = Napi::Persistent(listener);
}

// A signal may outlive many jobs.
void JobCall::stopListening() {
  if (!signal_.IsEmpty()) {
    const Napi::Object signal = signal_.Value();
    const auto remove = signal.Get("removeEventListener").As<Napi::Function>();
    remove.Call(signal, {Napi::String::New(env_, "abort"), listener_.Value()});
    signal_.Reset();
  }
}

bool JobCall::deliver(int32_t token) {
  try {
    const Napi::Value answer = onToken_.Call({Napi::Number::New(env_, token)});
    const std::string word = answer.IsString() ? answer.As<Napi::String>().Utf8Value() : "";
    if (word != "continue" && word != "stop") {
      throw toJs(env_, invalidArgument("onToken must return 'continue' or 'stop'."));
    }
    return word == "continue";
  } catch (const Napi::Error& error) {
    thrown_ = Napi::Persistent(static_cast<Napi::Value>(error.Value()));
    return false;
  }
}

void JobCall::resolve(Napi::Value value) {
  stopListening();
  thrown_.IsEmpty() ? deferred_.Resolve(value) : deferred_.Reject(thrown_.Value());
}

void JobCall::reject(Napi::Value error) {
  stopListening();
  deferred_.Reject(error);
}

} // namespace pteron
