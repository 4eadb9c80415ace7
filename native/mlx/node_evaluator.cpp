#include "node_evaluator.h"

#include "copy.h"
#include "failure.h"
#include "lazy/dtypes.h"
#include "lazy/handlers.h"

#include <mlx/ops.h>
#include <mlx/transforms.h>

namespace pteron::mlx {

namespace mx = ::mlx::core;

// A program's own stream of libmlx, and the slots of the node that is evaluated.
class NodeEvaluator {
public:
  NodeEvaluator(size_t tensors, size_t values)
      : slots_(mx::new_thread_unsafe_stream(mx::Device::cpu), tensors, values) {}

  void run(Frame& frame, const Node& node) {
    std::vector<Tid> read, written;
    std::vector<Vid> results;
    visitSlots(
        const_cast<Node&>(node), // only looked at
        [&](Tid& tid, Access access) { (access == Access::Read ? read : written).push_back(tid); },
        [&](Vid& vid, Access access) { access == Access::Read ? bind(frame, vid) : results.push_back(vid); });
    // fp32 in memory stands for the declared 16 bits: the result is declared so again.
    DType half = DType::F32;
    bool single = false;
    for (Tid tid : read) {
      const DType type = frame.at(tid).type;
      if (isHalf(type)) half = type;
      single |= type == DType::F32;
      mx::array operand = arrayOf(frame, frame.at(tid));
      // A kernel reads the type that it was written for: what it rounds, compares or packs depends on it.
      if (node.kind == NodeKind::MetalKernel && isHalf(type))
        operand = mx::astype(operand, lazy::toMlx(type), slots_.stream());
      slots_.set(tid, std::move(operand));
    }
    lazy::handlers()[static_cast<size_t>(node.kind)].run(slots_, node);
    for (Tid tid : written) store(frame, tid, single ? DType::F32 : half);
    for (Vid vid : results) frame.set(vid, slots_.integer(vid));
    for (Tid tid : read) slots_.clear(tid);
  }

private:
  void bind(Frame& frame, Vid vid) {
    const Value& value = frame.at(vid);
    if (value.number == static_cast<double>(value.integer))
      slots_.set(vid, value.integer);
    else
      slots_.set(vid, value.number);
  }

  static mx::array arrayOf(Frame& frame, const Tensor& tensor) {
    Tensor dense = tensor;
    if (isHalf(tensor.memory))
      dense = denseTensor(const_cast<float*>(frame.floats(tensor)), tensor.type, DType::F32, tensor.shape);
    else if (!tensor.dense())
      dense = frame.denseCopy(tensor);
    mx::Shape shape;
    for (int i = 0; i < dense.shape.rank; ++i) {
      expect(dense.shape[i] <= INT32_MAX, "a tensor is too large for libmlx");
      shape.push_back(static_cast<int>(dense.shape[i]));
    }
    return mx::array(dense.data, std::move(shape), lazy::toMlx(dense.memory), [](void*) {});
  }

  void store(Frame& frame, Tid tid, DType floatType) {
    mx::array result = mx::contiguous(slots_(tid), false, slots_.stream());
    slots_.clear(tid);
    mx::eval(result);
    const DType memory = lazy::fromMlx(result.dtype());
    Shape shape;
    for (int size : result.shape()) shape.push(size);
    Tensor& target = frame.fresh(tid, memory == DType::F32 ? floatType : memory, shape);
    copyTensor(denseTensor(result.data<char>(), memory, memory, shape), target);
  }

  lazy::Frame slots_;
};

void evaluateNode(Frame& frame, const Node& node) {
  if (!frame.evaluator) frame.evaluator = std::make_shared<NodeEvaluator>(frame.versions(), frame.valueCount());
  frame.evaluator->run(frame, node);
}

// Chains within chains need a frame of arrays throughout (needsLibmlx in device.h).
const char* refuseEvaluation(const Node& node) {
  if (node.kind == NodeKind::Scan || node.kind == NodeKind::If) return "";
  const lazy::Handler& handler = lazy::handlers()[static_cast<size_t>(node.kind)];
  if (!handler.run) return "";
  return handler.refuse ? handler.refuse(node) : nullptr;
}

} // namespace pteron::mlx
