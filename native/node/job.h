// One asynchronous call: what the worker thread shares with the JavaScript thread, and what only the latter may touch.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include <napi.h>

namespace pteron {

// Shared by both threads.
class JobControl {
public:
  bool cancelled() const { return cancelled_; }
  void cancel() { cancelled_ = true; }

  // A question of the worker to the JavaScript thread: ask, wait; the other side answers.
  void ask();
  void answer(bool value);
  // The answer; false once the job was abandoned.
  bool wait();
  // Cancels, and lets go of a worker that waits for a JavaScript thread which will not answer any more.
  void abandon();

private:
  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<bool> answer_;
  bool abandoned_ = false;
};

// Lives and dies on the JavaScript thread.
class JobCall {
public:
  // `signal` and `onToken` may be undefined; `owner` is kept alive until the job is settled.
  JobCall(Napi::Env env, Napi::Object owner, Napi::Value signal, Napi::Value onToken);
  ~JobCall();
  JobCall(const JobCall&) = delete;
  JobCall& operator=(const JobCall&) = delete;

  Napi::Promise promise() const { return deferred_.Promise(); }
  const std::shared_ptr<JobControl>& control() const { return control_; }

  // Calls onToken; true for 'continue'. What it throws rejects the promise.
  bool deliver(int32_t token);
  void resolve(Napi::Value value);
  void reject(Napi::Value error);

private:
  void listen(Napi::Object signal);
  void stopListening();

  Napi::Env env_;
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<JobControl> control_ = std::make_shared<JobControl>();
  Napi::ObjectReference owner_;
  Napi::ObjectReference signal_;
  Napi::FunctionReference listener_;
  Napi::FunctionReference onToken_;
  Napi::Reference<Napi::Value> thrown_;
};

} // namespace pteron
