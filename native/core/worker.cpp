#include "core/worker.h"

namespace pteron {

Worker::Worker() : thread_([this] { run(); }) {}

Worker::~Worker() {
  finish();
  join();
}

bool Worker::post(Job job) {
  {
    std::lock_guard lock(mutex_);
    if (finishing_) {
      return false;
    }
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void Worker::finish(Job last) {
  {
    std::lock_guard lock(mutex_);
    if (finishing_) {
      return;
    }
    finishing_ = true;
    if (last) {
      jobs_.push_back(std::move(last));
    }
  }
  wake_.notify_one();
}

void Worker::join() {
  std::lock_guard lock(joining_);
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Worker::run() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return finishing_ || !jobs_.empty(); });
      if (jobs_.empty()) {
        return;
      }
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

} // namespace pteron
