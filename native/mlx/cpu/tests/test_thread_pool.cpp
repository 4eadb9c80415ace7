// Every index exactly once, from several threads, nested, after sleeping, and with exceptions.
#include "reference.h"
#include "thread_pool.h"

#include "scratch.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <thread>

using namespace pteron::cpu;
using namespace pteron::cpu::testing;

namespace {

void covers(ThreadPool& pool) {
  Random random(23);
  for (int round = 0; round < 20000; ++round) {
    const int64_t n = static_cast<int64_t>(random.next() % 300), grain = 1 + static_cast<int64_t>(random.next() % 9);
    std::vector<int> hits(static_cast<size_t>(n), 0);
    std::atomic<bool> aligned{true};
    pool.parallelFor(n, grain, [&](int64_t begin, int64_t end) {
      if (begin % grain != 0 || (end % grain != 0 && end != n)) aligned = false;
      for (int64_t i = begin; i < end; ++i) ++hits[static_cast<size_t>(i)];
    });
    check(aligned, "ranges are multiples of the grain");
    for (int hit : hits) check(hit == 1, "every index once");
    if (round % 4000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2)); // workers fall asleep
  }
}

void nestedAndConcurrent(ThreadPool& pool) {
  std::atomic<int64_t> total{0};
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int round = 0; round < 2000; ++round)
        pool.parallelFor(40, 1, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) pool.parallelFor(5, 1, [&](int64_t a, int64_t b) { total += b - a; });
        });
    });
  for (std::thread& caller : callers) caller.join();
  check(total == 4LL * 2000 * 40 * 5, "nested jobs of several callers");
}

void exceptions(ThreadPool& pool) {
  for (int round = 0; round < 200; ++round) {
    bool caught = false;
    try {
      pool.parallelFor(100, 1, [&](int64_t begin, int64_t) {
        if (begin >= 50) throw std::runtime_error("boom");
      });
    } catch (const std::runtime_error&) {
      caught = true;
    }
    check(caught, "an exception reaches the caller");
  }
  std::atomic<int> count{0};
  pool.parallelFor(100, 1, [&](int64_t begin, int64_t end) { count += static_cast<int>(end - begin); });
  check(count == 100, "the pool works after an exception");
}

void sizes() {
  check(ThreadPool(1).threads() == 1, "one thread is the caller");
  check(ThreadPool(5).threads() == 5, "threads as asked");
  setenv("PTERON_THREADS", "3", 1);
  check(ThreadPool().threads() == 3, "PTERON_THREADS");
  setenv("PTERON_THREADS", "none", 1);
  check(ThreadPool::defaultThreads() >= 1 && ThreadPool::defaultThreads() <= 4,
        "a senseless PTERON_THREADS is ignored");
  unsetenv("PTERON_THREADS");
  for (int i = 0; i < 200; ++i) { // started and stopped at once, and used briefly
    ThreadPool pool(4);
    if (i % 2 == 0) pool.parallelFor(10, 1, [](int64_t, int64_t) {});
  }
}

// Idle workers sleep: a fifth of a second costs three of them far less than one of them spinning would.
void idles() {
  ThreadPool pool(4);
  pool.parallelFor(100, 1, [](int64_t, int64_t) {});
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  check(seconds < 0.05, "idle workers used " + std::to_string(seconds) + " s of processor time");
}

void scratch() {
  Random random(29);
  const void* steady = nullptr;
  for (int round = 0; round < 50; ++round) {
    const ScratchBlock outer(100), big(3 << 20);
    const ScratchBlock inner(5 << 20);
    std::memset(outer.data(), 1, 100);
    std::memset(big.data(), 2, 3 << 20);
    std::memset(inner.data(), 3, 5 << 20);
    check(reinterpret_cast<uintptr_t>(inner.data()) % 64 == 0, "scratch is aligned");
    check(static_cast<uint8_t*>(outer.data())[99] == 1 && static_cast<uint8_t*>(big.data())[0] == 2,
          "scratch blocks do not overlap");
    if (round == 3) steady = outer.data();
    if (round > 3) check(outer.data() == steady, "scratch is reused");
  }
}

} // namespace

int main() {
  sizes();
  for (int threads : {2, 4}) {
    ThreadPool pool(threads);
    covers(pool);
    nestedAndConcurrent(pool);
    exceptions(pool);
  }
  idles();
  scratch();
  done("thread_pool");
}
