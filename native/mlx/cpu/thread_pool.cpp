#include "thread_pool.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pteron::cpu {
namespace {

using Clock = std::chrono::steady_clock;

// Longer than the gap between two operations of a layer, far shorter than anything that shows as CPU use.
constexpr auto kSpin = std::chrono::microseconds(60);
constexpr int kMaxDefaultThreads = 4, kMaxThreads = 256;
constexpr int64_t kChunksPerThread = 4; // evens out threads that lose their core for a while

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Spins while `pending` holds, at most for `kSpin`; false if it still holds.
template <class Pending> bool spinWhile(Pending pending) {
  const auto deadline = Clock::now() + kSpin;
  do {
    for (int i = 0; i < 64; ++i) {
      if (!pending()) return true;
      relax();
    }
  } while (Clock::now() < deadline);
  return false;
}

} // namespace

int ThreadPool::defaultThreads() {
  if (const char* wanted = std::getenv("PTERON_THREADS")) {
    const int count = std::atoi(wanted);
    if (count >= 1) return std::min(count, kMaxThreads);
  }
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxDefaultThreads);
}

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < std::min(threads, kMaxThreads); ++i) workers_.emplace_back([this] { workerLoop(); });
}

ThreadPool::~ThreadPool() {
  stop_.store(true);
  generation_.fetch_add(2); // wakes sleepers, opens no job
  generation_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void ThreadPool::run(int64_t n, int64_t grain, Task task, void* context) {
  if (busy_.exchange(true, std::memory_order_acquire)) {
    task(context, 0, n);
    return;
  }
  task_ = task;
  context_ = context;
  n_ = n;
  const int64_t share = (n + threads() * kChunksPerThread - 1) / (threads() * kChunksPerThread);
  chunk_ = (std::max<int64_t>(share, 1) + grain - 1) / grain * grain;
  next_.store(0, std::memory_order_relaxed);
  generation_.fetch_add(1);
  if (sleepers_.load() > 0) generation_.notify_all();
  work();
  // Close the job, then wait only for the workers that entered it: one that never woke up costs nothing.
  generation_.fetch_add(1);
  while (!spinWhile([this] { return active_.load() != 0; })) std::this_thread::yield();
  std::exception_ptr error;
  std::swap(error, error_);
  busy_.store(false, std::memory_order_release);
  if (error) std::rethrow_exception(error);
}

void ThreadPool::work() {
  try {
    for (;;) {
      const int64_t begin = next_.fetch_add(chunk_, std::memory_order_relaxed);
      if (begin >= n_) return;
      task_(context_, begin, std::min(begin + chunk_, n_));
    }
  } catch (...) {
    next_.store(n_, std::memory_order_relaxed);
    const std::lock_guard lock(errorMutex_);
    error_ = std::current_exception();
  }
}

void ThreadPool::workerLoop() {
  uint32_t seen = 0;
  while (!stop_.load()) {
    seen = awaitJob(seen);
    if (seen % 2 == 0) continue;
    active_.fetch_add(1);
    if (generation_.load() == seen) work(); // else it was closed meanwhile, and may not be touched
    active_.fetch_sub(1);
  }
}

uint32_t ThreadPool::awaitJob(uint32_t seen) {
  uint32_t now = seen;
  const auto idle = [&] {
    now = generation_.load(std::memory_order_acquire);
    return now == seen || (now % 2 == 0 && !stop_.load(std::memory_order_relaxed));
  };
  if (spinWhile(idle)) return now;
  sleepers_.fetch_add(1);
  now = generation_.load();
  if (now == seen || now % 2 == 0) {
    if (!stop_.load()) generation_.wait(now);
  }
  sleepers_.fetch_sub(1);
  return generation_.load();
}

} // namespace pteron::cpu
