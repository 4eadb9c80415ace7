#include "node/js_queue.h"

#include <memory>

namespace pteron {

JsQueue::JsQueue(Napi::Env env) {
  const napi_value name = Napi::String::New(env, "pteron");
  const napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, name, /*max_queue_size=*/0,
                                                             /*initial_thread_count=*/1, nullptr, nullptr, nullptr,
                                                             call, &function_);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  napi_unref_threadsafe_function(env, function_);
}

bool JsQueue::post(Task task) {
  if (closed_) {
    return false;
  }
  auto boxed = std::make_unique<Task>(std::move(task));
  if (napi_call_threadsafe_function(function_, boxed.get(), napi_tsfn_nonblocking) != napi_ok) {
    closed_ = true; // the queue is no longer ours to touch
    return false;
  }
  boxed.release();
  return true;
}

void JsQueue::release() {
  if (!closed_.exchange(true)) {
    napi_release_threadsafe_function(function_, napi_tsfn_release);
  }
}

void JsQueue::keepAlive(Napi::Env env, bool keep) {
  if (!closed_) {
    keep ? napi_ref_threadsafe_function(env, function_) : napi_unref_threadsafe_function(env, function_);
  }
}

void JsQueue::call(napi_env env, napi_value, void*, void* data) {
  const std::unique_ptr<Task> task(static_cast<Task*>(data));
  if (env == nullptr) { // while the environment ends
    return;
  }
  try {
    (*task)(env);
  } catch (const Napi::Error&) {
    // A terminated thread refuses every call; its clean-up hook lets go of who waits for an answer.
  }
}

} // namespace pteron
