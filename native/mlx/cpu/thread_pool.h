// A small pool for short kernels: the caller works too, workers spin for some tens of microseconds between jobs and
// then sleep, and a job needs no allocation. A call from inside a job, or while another thread's job runs, works inline.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace pteron::cpu {

class ThreadPool {
public:
  // threads counts the caller; the default is min(4, cores) or PTERON_THREADS.
  explicit ThreadPool(int threads = defaultThreads());
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }
  static int defaultThreads();

  // Calls fn(begin, end) over disjoint ranges that cover 0 … n, each a multiple of `grain` long but the last, and
  // returns when all are done. Work of one grain or less runs on the caller. An exception of fn is rethrown here.
  template <class Fn> void parallelFor(int64_t n, int64_t grain, Fn&& fn) {
    if (n <= 0) return;
    if (n <= grain || workers_.empty()) {
      fn(int64_t{0}, n);
      return;
    }
    using Callable = std::remove_reference_t<Fn>;
    run(
        n, grain, [](void* context, int64_t begin, int64_t end) { (*static_cast<Callable*>(context))(begin, end); },
        const_cast<std::remove_const_t<Callable>*>(&fn));
  }

private:
  using Task = void (*)(void* context, int64_t begin, int64_t end);

  void run(int64_t n, int64_t grain, Task, void* context);
  void work();
  void workerLoop();
  uint32_t awaitJob(uint32_t seen);

  // The job; written only while `generation_` is even and `active_` is 0.
  Task task_ = nullptr;
  void* context_ = nullptr;
  int64_t n_ = 0, chunk_ = 1;

  alignas(64) std::atomic<uint32_t> generation_{0}; // odd while a job is open
  std::atomic<bool> stop_{false};
  std::atomic<int> sleepers_{0};
  alignas(64) std::atomic<int64_t> next_{0};
  alignas(64) std::atomic<int> active_{0}; // workers inside the job
  std::atomic<bool> busy_{false};
  std::mutex errorMutex_;
  std::exception_ptr error_;
  std::vector<std::thread> workers_;
};

} // namespace pteron::cpu
