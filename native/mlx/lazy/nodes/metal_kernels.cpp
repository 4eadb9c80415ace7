// Custom Metal kernels by name: no Metal compiler is here, so those that are known run as what they compute. A kernel of a
// known name with another source is another kernel, and refused like any unknown one.
#include "../../failure.h"
#include "../dtypes.h"
#include "../handlers.h"

#include <mlx/ops.h>

#include <cctype>
#include <string_view>

namespace pteron::mlx::lazy {

namespace {

struct Kernel {
  std::string_view name;
  uint64_t source; // FNV-1a of its Metal source without white space
  size_t inputs;
  mx::array (*compute)(const std::vector<mx::array>& inputs, mx::Stream s);
};

// a + b. ExecuTorch's backends/mlx/test/test_ops.py.
mx::array addVectors(const std::vector<mx::array>& in, mx::Stream s) { return mx::add(in[0], in[1], s); }

// x [.., D] → its Euclidean norm [.., 1], summed in fp32. custom_kernel_ops/tq_norm.py.
mx::array norm(const std::vector<mx::array>& in, mx::Stream s) {
  const mx::array squares = mx::square(mx::astype(in[0], mx::float32, s), s);
  return mx::sqrt(mx::sum(squares, -1, true, s), s);
}

// values [.., D], boundaries [15] → the number of boundaries below each value, two to a byte, the first in the high half.
// custom_kernel_ops/tq4_compress.py.
mx::array compress(const std::vector<mx::array>& in, mx::Stream s) {
  expect(in[1].ndim() == 1 && in[0].ndim() > 0 && in[0].shape(-1) % 2 == 0, "a kernel's inputs do not fit it");
  const mx::array above = mx::greater(mx::expand_dims(in[0], -1, s), in[1], s);
  const mx::array index = mx::astype(mx::sum(mx::astype(above, mx::uint8, s), -1, false, s), mx::uint8, s);
  mx::Shape pairs = in[0].shape();
  pairs.back() /= 2;
  pairs.push_back(2);
  const mx::array paired = mx::reshape(index, pairs, s);
  return mx::bitwise_or(mx::left_shift(mx::take(paired, 0, -1, s), mx::array(4, mx::uint8), s),
                        mx::take(paired, 1, -1, s), s);
}

// packed [.., D / 2] of two indices to a byte, norms [.., 1], centroids [16] → centroid · norm [.., D].
// custom_kernel_ops/tq_dequant.py.
mx::array decompress(const std::vector<mx::array>& in, mx::Stream s) {
  expect(in[0].ndim() > 0 && in[2].ndim() == 1 && in[2].shape(0) == 16, "a kernel's inputs do not fit it");
  const mx::array high = mx::right_shift(in[0], mx::array(4, mx::uint8), s);
  const mx::array low = mx::bitwise_and(in[0], mx::array(15, mx::uint8), s);
  mx::Shape shape = in[0].shape();
  shape.back() *= 2;
  const mx::array index = mx::reshape(mx::stack({high, low}, -1, s), shape, s);
  return mx::multiply(mx::take(in[2], index, 0, s), in[1], s);
}

constexpr Kernel kKernels[] = {
    {"vadd", 0x399e41606c1767c4, 2, addVectors},
    {"tq_norm", 0xa0b1ad5ff7b3be09, 1, norm},
    {"tq4_compress", 0x1d3247ed603c0f3c, 2, compress},
    {"tq_dequant", 0x4672e1cb8fcff04d, 3, decompress},
};

uint64_t hashOf(std::string_view source) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char each : source)
    if (!std::isspace(static_cast<unsigned char>(each)))
      hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3;
  return hash;
}

const Kernel* kernelOf(const MetalKernelNode& node) {
  for (const Kernel& kernel : kKernels)
    if (kernel.name == node.name && kernel.source == hashOf(node.source)) return &kernel;
  return nullptr;
}

void runMetalKernel(Frame& f, const MetalKernelNode& node) {
  const Kernel* kernel = kernelOf(node);
  std::vector<mx::array> inputs;
  for (Tid tid : node.inputs) inputs.push_back(f(tid));
  const mx::array result = kernel->compute(inputs, f.stream());
  f.set(node.outputs[0], mx::reshape(mx::astype(result, toMlx(node.outputDtypes[0]), f.stream()),
                                     f.shape(node.outputShapesFlat), f.stream()));
}

const char* refuse(const Node& node) {
  const auto& call = static_cast<const MetalKernelNode&>(node);
  const Kernel* kernel = kernelOf(call);
  if (!kernel) return "of a Metal kernel that is not known here";
  const bool fits = call.inputs.size() == kernel->inputs && call.outputs.size() == 1 && call.outputDtypes.size() == 1;
  return fits ? refuseType(call.outputDtypes[0]) : "of a known Metal kernel with other inputs or outputs";
}

} // namespace

void addMetalKernelHandlers(HandlerTable& table) { on<&runMetalKernel>(table).refuse = refuse; }

} // namespace pteron::mlx::lazy
