// Sessions: several lanes of state over one graph, chosen by the executing thread.
#include "sessions.h"
#include "failure.h"
#include "graph_of.h"
#include "lane_copies.h"

#include <sstream>
#include <thread>

using namespace pteron::mlx;
using namespace pteron::mlx::test;
using namespace executorch::backends::mlx::detail;

namespace {

constexpr Row kOnes{1, 1, 1, 1}, kZeros{};
constexpr Row all(float value) { return {value, value, value, value}; }

// Adds the first input to the state and returns it.
Graph accumulator() {
  Graph graph = emptyGraph();
  sum(graph, State0, In0, Temp0);
  update(graph, State0, Temp0, State0, 0, 4);
  copy(graph, State0, Out0);
  copy(graph, In1, Out1);
  return graph;
}

bool failsWithoutSession(Executor& executor) {
  try {
    call(executor, kOnes, kZeros);
    return false;
  } catch (const Failure& failure) {
    return failure.code == Error::InvalidState;
  }
}

std::unique_ptr<Executor> load(int context) {
  mutable_state_begin_load(context);
  auto executor = std::make_unique<Executor>(accumulator(), nullptr, pool());
  mutable_state_end_load();
  return executor;
}

void testLanes() {
  const int context = mutable_state_create_context();
  const auto executor = load(context);
  CHECK(mutable_state_available(context));
  CHECK(mutable_state_validate_coverage(context) == Error::Ok);
  CHECK(mutable_state_bytes_per_session(context) == 128); // two buffers of 16 bytes, each on lines of its own
  CHECK(call(*executor, kOnes, kZeros)[0] == all(1));     // no session yet: the graph's own state
  const int a = *mutable_state_create_session(context), b = *mutable_state_create_session(context);
  CHECK(failsWithoutSession(*executor));
  mutable_state_set_active(context, a);
  CHECK(call(*executor, kOnes, kZeros)[0] == all(1));
  CHECK(call(*executor, kOnes, kZeros)[0] == all(2));
  mutable_state_set_active(context, b);
  CHECK(call(*executor, kOnes, kZeros)[0] == all(1));
  mutable_state_set_active(context, a);
  CHECK(call(*executor, kOnes, kZeros)[0] == all(3));
  std::thread([&] { CHECK(failsWithoutSession(*executor)); }).join(); // the active session is the thread's
  mutable_state_destroy_session(context, a);
  CHECK(failsWithoutSession(*executor));
  mutable_state_set_active(context, b);
  CHECK(call(*executor, kOnes, kZeros)[0] == all(2));
  mutable_state_set_active(0, -1);
  mutable_state_destroy_context(context);
}

void testForkSaveAndRestore() {
  const int context = mutable_state_create_context();
  const auto executor = load(context);
  const auto next = [&](int session) {
    mutable_state_set_active(context, session);
    return call(*executor, kOnes, kZeros)[0];
  };
  const int a = *mutable_state_create_session(context);
  CHECK(next(a) == all(1));
  CHECK(next(a) == all(2));
  const int fork = *forkSession(context, a);
  std::stringstream file;
  CHECK(saveSession(context, a, file) == Error::Ok);
  CHECK(next(a) == all(3));
  CHECK(next(fork) == all(3));
  CHECK(next(fork) == all(4));
  const int restored = *mutable_state_create_session(context);
  CHECK(restoreSession(context, restored, file) == Error::Ok);
  CHECK(next(restored) == all(3));
  const int empty = *forkSession(context, *mutable_state_create_session(context)); // never used: as after a reset
  CHECK(next(empty) == all(1));
  mutable_state_set_active(0, -1);

  const std::string whole = file.str();
  for (size_t length = 0; length < whole.size(); ++length) {
    std::stringstream cut(whole.substr(0, length));
    CHECK(restoreSession(context, restored, cut) == Error::InvalidExternalData);
  }
  CHECK(forkSession(context, 999).error() == Error::InvalidArgument);
  CHECK(saveSession(12345, a, file) == Error::InvalidArgument);
  CHECK(restoreSession(context, 999, file) == Error::InvalidArgument);
  mutable_state_destroy_context(context);
}

void testContextsAreApart() {
  const int first = mutable_state_create_context(), second = mutable_state_create_context();
  const auto one = load(first), two = load(second);
  const int session = *mutable_state_create_session(first);
  *mutable_state_create_session(second);
  mutable_state_set_active(first, session);
  CHECK(call(*one, kOnes, kZeros)[0] == all(1));
  CHECK(failsWithoutSession(*two));
  mutable_state_set_active(0, -1);
  CHECK(!mutable_state_create_session(12345).ok());
  CHECK(!mutable_state_available(12345));
  mutable_state_destroy_session(first, 999); // unknown: nothing happens
  mutable_state_destroy_context(first);
  mutable_state_destroy_context(second);
}

void testOutsideAnyContext() {
  Executor executor(accumulator(), nullptr, pool());
  CHECK(call(executor, kOnes, kZeros)[0] == all(1));
  CHECK(call(executor, kOnes, kZeros)[0] == all(2));
}

void testTwoThreadsOnOneGraph() {
  const int context = mutable_state_create_context();
  const auto executor = load(context);
  const auto lane = [&] {
    const int session = *mutable_state_create_session(context);
    mutable_state_set_active(context, session);
    for (int i = 1; i <= 500; ++i) CHECK(call(*executor, kOnes, kZeros)[0] == all(static_cast<float>(i)));
    mutable_state_set_active(0, -1);
  };
  std::thread other(lane);
  lane();
  other.join();
  mutable_state_destroy_context(context);
}

} // namespace

int main() {
  testLanes();
  testForkSaveAndRestore();
  testContextsAreApart();
  testOutsideAnyContext();
  testTwoThreadsOnOneGraph();
  std::puts("sessions: ok");
}
