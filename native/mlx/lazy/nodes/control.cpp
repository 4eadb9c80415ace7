// Nodes that execute other chains of the graph.
#include "../../failure.h"
#include "../axes.h"
#include "../handlers.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

void runNoop(Frame&, const NoopNode&) {}

void runIf(Frame& f, const IfNode& node) {
  f.runChain(f.integer(node.cond) != 0 ? node.thenChainIdx : node.elseChainIdx);
}

// One step a slice of `originals` along the axis; what the body writes to `outputs` is stacked along the same axis, and
// `carry` stays in its slots from step to step.
void runScan(Frame& f, const ScanNode& node) {
  expect(!node.originals.empty() && node.originals.size() == node.sliced.size(), "a scan has nothing to go over");
  const mx::Stream s = f.stream();
  std::vector<mx::array> originals;
  for (Tid tid : node.originals) originals.push_back(f(tid));
  const int steps = originals[0].shape(axisOf(node.scanAxis, originals[0]));
  std::vector<std::vector<mx::array>> outputs(node.outputs.size());
  expect(steps > 0, "a scan goes over nothing");
  for (int step = 0; step < steps; ++step) {
    for (size_t i = 0; i < originals.size(); ++i) {
      const int axis = axisOf(node.scanAxis, originals[i]);
      expect(originals[i].shape(axis) == steps, "a scan's tensors have different lengths");
      f.set(node.sliced[i], mx::take(originals[i], step, axis, s));
    }
    f.runChain(static_cast<uint32_t>(node.bodyChainIdx));
    for (size_t i = 0; i < outputs.size(); ++i) outputs[i].push_back(f(node.outputs[i]));
  }
  for (size_t i = 0; i < outputs.size(); ++i) f.set(node.outputs[i], mx::stack(outputs[i], node.scanAxis, s));
}

} // namespace

void addControlHandlers(HandlerTable& table) {
  on<&runNoop>(table);
  on<&runIf>(table);
  on<&runScan>(table);
}

} // namespace pteron::mlx::lazy
