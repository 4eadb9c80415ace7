// Matrix products with dense and quantized weights, and dequantization.
#include "../../failure.h"
#include "../axes.h"
#include "../dtypes.h"
#include "../handlers.h"

#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

// mat1 · mat2 · alpha + bias · beta
void runAddmm(Frame& f, const AddmmNode& node) {
  const mx::array &a = f(node.mat1), &b = f(node.mat2);
  const mx::Stream s = f.stream();
  if (node.bias) return f.set(node.out, mx::addmm(f(*node.bias), a, b, node.alpha, node.beta, s));
  const mx::array product = mx::matmul(a, b, s);
  f.set(node.out, node.alpha == 1 ? product : mx::multiply(product, scalar(node.alpha, product.dtype()), s));
}

// libmlx reads the last two dimensions before it looks whether they are there, and divides by some of them.
template <class N> void expectMatrices(const Frame& f, const N& node) {
  const auto isMatrix = [](const mx::array& x) { return x.ndim() >= 2 && x.size() > 0; };
  expect(isMatrix(f(node.w)) && isMatrix(f(node.scales)) && (!node.biases || isMatrix(f(*node.biases))),
         "quantized weights are no matrices");
  if constexpr (requires { node.x; }) expect(f(node.x).ndim() > 0 && f(node.x).size() > 0, "activations are empty");
}

// libmlx's kernel for an H100 gives wrong values where a row is one group (0.32.4); such matrices are small.
bool isOneGroup(const Frame& f, const QuantizedMatmulNode& node) {
  return f.stream().device == mx::Device::gpu && node.transpose && f(node.scales).shape(-1) == 1;
}

void runQuantizedMatmul(Frame& f, const QuantizedMatmulNode& node) {
  expectMatrices(f, node);
  if (isOneGroup(f, node)) {
    const mx::array w = mx::dequantize(f(node.w), f(node.scales), f.maybe(node.biases), node.groupSize, node.bits,
                                       node.mode, std::nullopt, f(node.x).dtype(), f.stream());
    f.set(node.out, mx::matmul(f(node.x), mx::swapaxes(w, -1, -2, f.stream()), f.stream()));
    return;
  }
  f.set(node.out, mx::quantized_matmul(f(node.x), f(node.w), f(node.scales), f.maybe(node.biases), node.transpose,
                                       node.groupSize, node.bits, node.mode, f.stream()));
}

void runDequantize(Frame& f, const DequantizeNode& node) {
  expectMatrices(f, node);
  const auto type = node.dtype ? std::optional(toMlx(*node.dtype)) : std::nullopt;
  f.set(node.out, mx::dequantize(f(node.w), f(node.scales), f.maybe(node.biases), node.groupSize, node.bits, node.mode,
                                 f.maybe(node.globalScale), type, f.stream()));
}

template <class N> bool sortedOf(const Frame& f, const N& node) {
  return node.sortedIndicesFlag ? f.integer(*node.sortedIndicesFlag) != 0 : node.sortedIndices;
}

// Indices count matrices over all leading dimensions of their operand.
std::optional<mx::array> matricesWithin(const Frame& f, const std::optional<Tid>& tid, const mx::array& of) {
  if (!tid) return std::nullopt;
  int64_t count = 1;
  for (int i = 0; i + 2 < static_cast<int>(of.ndim()); ++i) count *= of.shape(i);
  expect(count > 0 && count < INT32_MAX, "a gathered product of nothing");
  return mx::astype(indicesWithin(f(*tid), static_cast<int>(count), f.stream()), mx::uint32, f.stream());
}

// libmlx's CPU has this product in fp32 only. Its kernel for sorted indices gave wrong values on an H100 (0.32.4), so
// that they are sorted is not said.
void runGatherMm(Frame& f, const GatherMmNode& node) {
  const mx::Stream s = f.stream();
  const mx::Dtype type = mx::promote_types(f(node.a).dtype(), f(node.b).dtype());
  const mx::Dtype computed = s.device == mx::Device::cpu ? mx::float32 : type;
  const mx::array a = mx::astype(f(node.a), computed, s), b = mx::astype(f(node.b), computed, s);
  const mx::array product =
      mx::gather_mm(a, b, matricesWithin(f, node.lhsIndices, a), matricesWithin(f, node.rhsIndices, b), false, s);
  f.set(node.out, mx::astype(product, type, s));
}

void runGatherQmm(Frame& f, const GatherQmmNode& node) {
  expectMatrices(f, node);
  const mx::array &x = f(node.x), &w = f(node.w);
  f.set(node.out, mx::gather_qmm(x, w, f(node.scales), f.maybe(node.biases), matricesWithin(f, node.lhsIndices, x),
                                 matricesWithin(f, node.rhsIndices, w), node.transpose, node.groupSize, node.bits,
                                 node.mode, std::nullopt, sortedOf(f, node), f.stream()));
}

// What libmlx's kernels exist for; it would fail at the first call only.
template <class N> const char* refuseFormat(const Node& node) {
  const N& quantized = static_cast<const N&>(node);
  const int bits = quantized.bits, group = quantized.groupSize;
  if (quantized.mode == "nvfp4")
    return bits == 4 && group == 16 ? nullptr : "nvfp4 of other than 4 bits in groups of 16";
  if (quantized.mode == "mxfp4")
    return bits == 4 && group == 32 ? nullptr : "mxfp4 of other than 4 bits in groups of 32";
  if (quantized.mode == "mxfp8")
    return bits == 8 && group == 32 ? nullptr : "mxfp8 of other than 8 bits in groups of 32";
  if (quantized.mode != "affine") return "of an unknown quantization mode";
  if (!quantized.biases) return "affine quantization without biases";
  if (bits != 2 && bits != 3 && bits != 4 && bits != 5 && bits != 6 && bits != 8)
    return "of other than 2, 3, 4, 5, 6 or 8 bits";
  return group == 16 || group == 32 || group == 64 || group == 128 ? nullptr : "of groups other than 16, 32, 64 or 128";
}

} // namespace

void addMatmulHandlers(HandlerTable& table) {
  on<&runAddmm>(table);
  on<&runQuantizedMatmul>(table).refuse = refuseFormat<QuantizedMatmulNode>;
  on<&runDequantize>(table).refuse = refuseFormat<DequantizeNode>;
  on<&runGatherMm>(table);
  on<&runGatherQmm>(table).refuse = refuseFormat<GatherQmmNode>;
}

} // namespace pteron::mlx::lazy
