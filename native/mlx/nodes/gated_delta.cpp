// Linear attention's recurrence, which comes as a Metal kernel of a known name.
#include "../failure.h"
#include "../handlers.h"
#include "../known_kernels.h"
#include "../node_evaluator.h"

namespace pteron::mlx {

namespace {

const char* refuse(const Node& node) {
  const auto& kernel = static_cast<const MetalKernelNode&>(node);
  const bool fits = isKernel(kernel, kGatedDeltaStep) && kernel.inputs.size() == 7 && kernel.outputs.size() == 2 &&
                    kernel.outputDtypes.size() == 2;
  if (!fits) return "of a Metal kernel without one for the CPU";
  for (const int8_t type : kernel.outputDtypes)
    if (!isFloat(static_cast<DType>(type))) return "of a known Metal kernel with other outputs";
  return nullptr;
}

void runGatedDelta(Frame& frame, const MetalKernelNode& node) {
  const Tensor q = frame.at(node.inputs[0]), v = frame.at(node.inputs[2]), state = frame.at(node.inputs[5]);
  expect(q.shape.rank == 4 && v.shape.rank == 4 && q.shape[3] > 0 && v.shape[3] > 0 && q.shape[2] > 0 &&
             v.shape[2] % q.shape[2] == 0 && v.shape[0] == q.shape[0] && v.shape[1] == q.shape[1],
         "a gated delta rule's queries and values do not fit one another");
  const int64_t batches = q.shape[0], tokens = q.shape[1];
  const Shape gates{batches, tokens, v.shape[2]};
  expect(frame.at(node.inputs[1]).shape == q.shape && frame.at(node.inputs[3]).shape == gates &&
             frame.at(node.inputs[4]).shape == gates && state.shape == Shape{batches, v.shape[2], v.shape[3], q.shape[3]},
         "a gated delta rule's keys, gates or state have another shape");
  cpu::GatedDelta call;
  call.q = frame.floats(q), call.k = frame.floats(frame.at(node.inputs[1])), call.v = frame.floats(v);
  call.g = frame.floats(frame.at(node.inputs[3])), call.beta = frame.floats(frame.at(node.inputs[4]));
  call.stateIn = frame.floats(state);
  call.tokens = tokens, call.keyHeads = q.shape[2], call.valueHeads = v.shape[2];
  call.keyDim = q.shape[3], call.valueDim = v.shape[3];
  call.y = frame.fresh(node.outputs[0], static_cast<DType>(node.outputDtypes[0]), v.shape).as<float>();
  call.stateOut = frame.fresh(node.outputs[1], static_cast<DType>(node.outputDtypes[1]), state.shape).as<float>();
  for (int64_t batch = 0; batch < batches; ++batch) {
    cpu::gatedDelta(frame.pool(), call);
    const int64_t queries = tokens * call.keyHeads * call.keyDim, values = tokens * call.valueHeads * call.valueDim;
    call.q += queries, call.k += queries, call.v += values, call.y += values;
    call.g += tokens * call.valueHeads, call.beta += tokens * call.valueHeads;
    call.stateIn += call.valueHeads * call.valueDim * call.keyDim;
    call.stateOut += call.valueHeads * call.valueDim * call.keyDim;
  }
}

} // namespace

void addGatedDeltaHandlers(HandlerTable& table) { on<&runGatedDelta>(table).refuse = refuse; }

} // namespace pteron::mlx
