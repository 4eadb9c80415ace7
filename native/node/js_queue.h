// Functions sent from a worker thread to the JavaScript thread, which runs them in order.
#pragma once

#include <atomic>
#include <functional>

#include <napi.h>

namespace pteron {

class JsQueue {
public:
  using Task = std::function<void(Napi::Env)>;

  explicit JsQueue(Napi::Env env);
  JsQueue(const JsQueue&) = delete;
  JsQueue& operator=(const JsQueue&) = delete;

  // From the one worker thread. False once the environment ends; a task may then be dropped without having run.
  bool post(Task task);
  // From the worker thread, as the last thing it does with the queue.
  void release();

  // On the JavaScript thread: whether waiting for this queue keeps the process alive. Not at first.
  void keepAlive(Napi::Env env, bool keep);

private:
  static void call(napi_env env, napi_value, void* context, void* data);

  napi_threadsafe_function function_ = nullptr;
  std::atomic<bool> closed_ = false;
};

} // namespace pteron
