// One thread and its queue of jobs, first in, first out. A program's whole life happens on its worker: the runtime is not
// re-entrant, and the delegate's load scope and active session belong to a thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace pteron {

class Worker {
public:
  using Job = std::function<void()>;

  Worker();
  ~Worker(); // finishes and joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Jobs must not throw. False once finish() was called: the job is then dropped.
  bool post(Job job);
  // Takes no further jobs; those queued still run, then `last`, then the thread ends. Only the first call counts.
  void finish(Job last = {});
  // Waits for the thread's end; finish() must have been called. Any thread but the worker, any number of times.
  void join();

private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool finishing_ = false;
  std::mutex joining_;
  std::thread thread_;
};

} // namespace pteron
