// The worker's queue: order, and what becomes of jobs at its end.
#include <chrono>
#include <thread>
#include <vector>

#include "check.h"
#include "core/worker.h"

int main() {
  std::vector<int> order;
  {
    pteron::Worker worker;
    for (int i = 0; i < 100; ++i) {
      CHECK(worker.post([&order, i] { order.push_back(i); }));
    }
    worker.post([] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
    worker.post([&order] { order.push_back(100); });
    worker.finish([&order] { order.push_back(101); });
    worker.finish([&order] { order.push_back(-1); }); // only the first counts
    CHECK(!worker.post([&order] { order.push_back(-2); }));
    worker.join();
    worker.join();
  }
  CHECK(order.size() == 102);
  for (int i = 0; i < 102; ++i) {
    CHECK(order[static_cast<size_t>(i)] == i);
  }
  pteron::Worker idle; // ends without having worked
}
