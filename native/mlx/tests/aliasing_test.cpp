// Slots hold values, not memory: what was read before an in-place update keeps its content, and state persists exactly
// where the graph writes it.
#include "failure.h"
#include "graph_of.h"

using namespace pteron::mlx;
using namespace pteron::mlx::test;

namespace {

constexpr Row kOnes{1, 1, 1, 1}, kTens{10, 10, 10, 10}, kZeros{};

void testStatePersists() {
  Graph graph = emptyGraph();
  sum(graph, State0, In0, Temp0);
  update(graph, State0, Temp0, State0, 0, 4);
  copy(graph, State0, State0); // the exporter's write-back
  copy(graph, State0, Out0);
  copy(graph, In1, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  CHECK(call(executor, kOnes, kTens)[0] == kOnes);
  CHECK((call(executor, kOnes, kTens) == std::array<Row, 2>{Row{2, 2, 2, 2}, kTens}));
}

void testViewBeforeUpdateKeepsItsContent() {
  Graph graph = emptyGraph();
  slice(graph, State0, Temp0, 0, 4); // a view of the state …
  update(graph, State0, In0, State0, 0, 4);
  copy(graph, Temp0, Out0); // … read after its memory changed
  copy(graph, State0, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  CHECK((call(executor, kOnes, kZeros) == std::array<Row, 2>{kZeros, kOnes}));
  CHECK((call(executor, kTens, kZeros) == std::array<Row, 2>{kOnes, kTens}));
}

void testUpdateIntoAnotherSlotLeavesTheState() {
  Graph graph = emptyGraph();
  slice(graph, In0, Temp1, 0, 2);
  update(graph, State0, Temp1, Temp0, 1, 3);
  copy(graph, Temp0, Out0);
  copy(graph, State0, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  for (int i = 0; i < 2; ++i) CHECK((call(executor, kOnes, kZeros) == std::array<Row, 2>{Row{0, 1, 1, 0}, kZeros}));
}

void testUpdateWithWriteBackPersists() {
  Graph graph = emptyGraph();
  slice(graph, In0, Temp1, 0, 2);
  update(graph, State0, Temp1, Temp0, 1, 3);
  copy(graph, Temp0, State0);
  copy(graph, State0, Out0);
  copy(graph, In1, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  CHECK((call(executor, kOnes, kZeros)[0] == Row{0, 1, 1, 0}));
  CHECK((call(executor, kTens, kZeros)[0] == Row{0, 10, 10, 0}));
}

void testStateShiftedWithinItself() {
  Graph graph = emptyGraph();
  copy(graph, State0, Out0);
  slice(graph, State0, Temp0, 0, 3);
  update(graph, State0, Temp0, State0, 1, 4); // overlaps what it reads
  slice(graph, In0, Temp0, 0, 1);
  update(graph, State0, Temp0, State0, 0, 1);
  copy(graph, State0, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  CHECK((call(executor, kOnes, kZeros)[1] == Row{1, 0, 0, 0}));
  CHECK((call(executor, kTens, kZeros)[1] == Row{10, 1, 0, 0}));
  CHECK((call(executor, kTens, kZeros) == std::array<Row, 2>{Row{10, 1, 0, 0}, Row{10, 10, 1, 0}}));
}

void testSwappedState() {
  Graph graph = emptyGraph();
  copy(graph, State0, Temp0);
  copy(graph, State1, Out0);
  copy(graph, State1, State0);
  sum(graph, Temp0, In0, State1);
  copy(graph, State1, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  CHECK((call(executor, kOnes, kZeros) == std::array<Row, 2>{kZeros, kOnes})); // state: 0, 1
  CHECK((call(executor, kTens, kZeros) == std::array<Row, 2>{kOnes, kTens}));  // state: 1, 10
  CHECK((call(executor, kZeros, kZeros) == std::array<Row, 2>{kTens, kOnes})); // state: 10, 1
}

void testInputsAreNeverChanged() {
  Graph graph = emptyGraph();
  update(graph, In0, In1, Temp0, 0, 4);
  copy(graph, In0, Out0);
  copy(graph, Temp0, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  CHECK((call(executor, kOnes, kTens) == std::array<Row, 2>{kOnes, kTens}));
}

void testReusedSlots() {
  Graph graph = emptyGraph();
  sum(graph, In0, In1, Temp0);
  sum(graph, Temp0, In0, Temp0); // reads and writes one slot
  sum(graph, Temp0, Temp0, Out0);
  copy(graph, Temp0, Temp1);
  sum(graph, In1, In1, Temp0); // the slot is written while a view of its old value lives
  sum(graph, Temp1, Temp0, Out1);
  Executor executor(std::move(graph), nullptr, pool());
  for (int i = 0; i < 3; ++i)
    CHECK((call(executor, kOnes, kTens) == std::array<Row, 2>{Row{24, 24, 24, 24}, Row{32, 32, 32, 32}}));
}

void testReadBeforeWrite() {
  Graph graph = emptyGraph();
  copy(graph, Temp0, Out0);
  copy(graph, In0, Out1);
  bool refused = false;
  try {
    Executor executor(std::move(graph), nullptr, pool());
  } catch (const Failure& failure) {
    refused = std::string(failure.what()).find("IdCopyNode") != std::string::npos;
  }
  CHECK(refused);
}

void testUnsupportedKindsAreNamed() {
  Graph graph = emptyGraph();
  copy(graph, In0, Out0);
  copy(graph, In0, Out1);
  add<ScanNode>(graph);
  add<MetalKernelNode>(graph);
  auto& matmul = add<QuantizedMatmulNode>(graph);
  matmul.mode = "fp3";
  std::string reason;
  try {
    Executor executor(std::move(graph), nullptr, pool());
  } catch (const Failure& failure) {
    CHECK(failure.code == Error::DelegateInvalidCompatibility);
    reason = failure.what();
  }
  for (const char* name : {"ScanNode", "MetalKernelNode", "QuantizedMatmulNode (of an unknown quantization mode)"})
    CHECK(reason.find(name) != std::string::npos);
}

} // namespace

int main() {
  testStatePersists();
  testViewBeforeUpdateKeepsItsContent();
  testUpdateIntoAnotherSlotLeavesTheState();
  testUpdateWithWriteBackPersists();
  testStateShiftedWithinItself();
  testSwappedState();
  testInputsAreNeverChanged();
  testReusedSlots();
  testReadBeforeWrite();
  testUnsupportedKindsAreNamed();
  std::puts("aliasing: ok");
}
