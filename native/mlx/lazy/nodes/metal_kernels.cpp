// Custom Metal kernels by name; unknown ones are refused.
#include "../../failure.h"
#include "../../known_kernels.h"
#include "../dtypes.h"
#include "../gated_delta.h"
#include "../handlers.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

using Arrays = std::vector<mx::array>;

struct Kernel {
  KernelName known;
  size_t inputs, outputs;
  Arrays (*compute)(const Arrays& inputs, mx::Stream s);
};

// a + b. ExecuTorch's backends/mlx/test/test_ops.py.
Arrays addVectors(const Arrays& in, mx::Stream s) { return {mx::add(in[0], in[1], s)}; }

// x [.., D] → its Euclidean norm [.., 1], summed in fp32. custom_kernel_ops/tq_norm.py.
Arrays norm(const Arrays& in, mx::Stream s) {
  const mx::array squares = mx::square(mx::astype(in[0], mx::float32, s), s);
  return {mx::sqrt(mx::sum(squares, -1, true, s), s)};
}

// values [.., D], boundaries [15] → the number of boundaries below each value, two to a byte, the first in the high half.
// custom_kernel_ops/tq4_compress.py.
Arrays compress(const Arrays& in, mx::Stream s) {
  expect(in[1].ndim() == 1 && in[0].ndim() > 0 && in[0].shape(-1) % 2 == 0, "a kernel's inputs do not fit it");
  const mx::array above = mx::greater(mx::expand_dims(in[0], -1, s), in[1], s);
  const mx::array index = mx::astype(mx::sum(mx::astype(above, mx::uint8, s), -1, false, s), mx::uint8, s);
  mx::Shape pairs = in[0].shape();
  pairs.back() /= 2;
  pairs.push_back(2);
  const mx::array paired = mx::reshape(index, pairs, s);
  return {mx::bitwise_or(mx::left_shift(mx::take(paired, 0, -1, s), mx::array(4, mx::uint8), s),
                         mx::take(paired, 1, -1, s), s)};
}

// packed [.., D / 2] of two indices to a byte, norms [.., 1], centroids [16] → centroid · norm [.., D].
// custom_kernel_ops/tq_dequant.py.
Arrays decompress(const Arrays& in, mx::Stream s) {
  expect(in[0].ndim() > 0 && in[2].ndim() == 1 && in[2].shape(0) == 16, "a kernel's inputs do not fit it");
  const mx::array high = mx::right_shift(in[0], mx::array(4, mx::uint8), s);
  const mx::array low = mx::bitwise_and(in[0], mx::array(15, mx::uint8), s);
  mx::Shape shape = in[0].shape();
  shape.back() *= 2;
  const mx::array index = mx::reshape(mx::stack({high, low}, -1, s), shape, s);
  return {mx::multiply(mx::take(in[2], index, 0, s), in[1], s)};
}

constexpr Kernel kKernels[] = {
    {{"vadd", 0x399e41606c1767c4}, 2, 1, addVectors},
    {{"tq_norm", 0xa0b1ad5ff7b3be09}, 1, 1, norm},
    {{"tq4_compress", 0x1d3247ed603c0f3c}, 2, 1, compress},
    {{"tq_dequant", 0x4672e1cb8fcff04d}, 3, 1, decompress},
    {kGatedDeltaStep, 7, 2, gatedDelta},
};

const Kernel* kernelOf(const MetalKernelNode& node) {
  for (const Kernel& kernel : kKernels)
    if (isKernel(node, kernel.known)) return &kernel;
  return nullptr;
}

void runMetalKernel(Frame& f, const MetalKernelNode& node) {
  const Kernel* kernel = kernelOf(node);
  Arrays inputs;
  for (Tid tid : node.inputs) inputs.push_back(f(tid));
  const Arrays results = kernel->compute(inputs, f.stream());
  auto size = node.outputShapesFlat.begin();
  for (size_t i = 0; i < results.size(); ++i) {
    const int rank = kernel->outputs == 1 ? static_cast<int>(node.outputShapesFlat.size()) : node.outputShapeLengths[i];
    const std::vector<IntOrVid> shape(size, size + rank);
    size += rank;
    const mx::array result = mx::astype(results[i], toMlx(node.outputDtypes[i]), f.stream());
    f.set(node.outputs[i], mx::reshape(result, f.shape(shape), f.stream()));
  }
}

// The ranks of all outputs, together those of the sizes that follow.
bool statesShapes(const MetalKernelNode& call, size_t outputs) {
  if (outputs == 1) return true;
  if (call.outputShapeLengths.size() != outputs) return false;
  int64_t sizes = 0;
  for (const int32_t rank : call.outputShapeLengths) {
    if (rank < 0) return false;
    sizes += rank;
  }
  return sizes == static_cast<int64_t>(call.outputShapesFlat.size());
}

const char* refuse(const Node& node) {
  const auto& call = static_cast<const MetalKernelNode&>(node);
  const Kernel* kernel = kernelOf(call);
  if (!kernel) return "of a Metal kernel that is not known here";
  const bool fits = call.inputs.size() == kernel->inputs && call.outputs.size() == kernel->outputs &&
                    call.outputDtypes.size() == kernel->outputs && statesShapes(call, kernel->outputs);
  if (!fits) return "of a known Metal kernel with other inputs or outputs";
  for (const int8_t type : call.outputDtypes)
    if (const char* why = refuseType(type)) return why;
  return nullptr;
}

} // namespace

void addMetalKernelHandlers(HandlerTable& table) { on<&runMetalKernel>(table).refuse = refuse; }

} // namespace pteron::mlx::lazy
