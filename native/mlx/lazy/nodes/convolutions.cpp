// Convolutions, channels last as everywhere in MLX.
#include "../../failure.h"
#include "../handlers.h"

#include <mlx/ops.h>

#include <tuple>

namespace pteron::mlx::lazy {

namespace {

// libmlx divides by strides and groups before it checks them.
void check(const mx::array& x, const mx::array& w, size_t rank, std::initializer_list<int> positive,
           std::initializer_list<int> natural) {
  expect(x.ndim() == rank && w.ndim() == rank, "a convolution's operands have another number of dimensions");
  for (int value : positive)
    expect(value > 0 && value < 1 << 20, "a convolution's stride, dilation or groups are not positive");
  for (int value : natural) expect(value >= 0 && value < 1 << 20, "a convolution's padding is negative");
}

void runConv1d(Frame& f, const Conv1DNode& n) {
  check(f(n.x), f(n.w), 3, {n.stride, n.dilation, n.groups}, {n.padding});
  f.set(n.out, mx::conv1d(f(n.x), f(n.w), n.stride, n.padding, n.dilation, n.groups, f.stream()));
}

void runConv2d(Frame& f, const Conv2DNode& n) {
  check(f(n.x), f(n.w), 4, {n.strideH, n.strideW, n.dilationH, n.dilationW, n.groups}, {n.paddingH, n.paddingW});
  f.set(n.out, mx::conv2d(f(n.x), f(n.w), {n.strideH, n.strideW}, {n.paddingH, n.paddingW}, {n.dilationH, n.dilationW},
                          n.groups, f.stream()));
}

void runConv3d(Frame& f, const Conv3DNode& n) {
  check(f(n.x), f(n.w), 5, {n.strideD, n.strideH, n.strideW, n.dilationD, n.dilationH, n.dilationW, n.groups},
        {n.paddingD, n.paddingH, n.paddingW});
  f.set(n.out, mx::conv3d(f(n.x), f(n.w), {n.strideD, n.strideH, n.strideW}, {n.paddingD, n.paddingH, n.paddingW},
                          {n.dilationD, n.dilationH, n.dilationW}, n.groups, f.stream()));
}

void runConvTranspose1d(Frame& f, const ConvTranspose1DNode& n) {
  check(f(n.x), f(n.w), 3, {n.stride, n.dilation, n.groups}, {n.padding, n.outputPadding});
  f.set(n.out,
        mx::conv_transpose1d(f(n.x), f(n.w), n.stride, n.padding, n.dilation, n.outputPadding, n.groups, f.stream()));
}

void runConvTranspose2d(Frame& f, const ConvTranspose2DNode& n) {
  check(f(n.x), f(n.w), 4, {n.strideH, n.strideW, n.dilationH, n.dilationW, n.groups},
        {n.paddingH, n.paddingW, n.outputPaddingH, n.outputPaddingW});
  f.set(n.out,
        mx::conv_transpose2d(f(n.x), f(n.w), {n.strideH, n.strideW}, {n.paddingH, n.paddingW},
                             {n.dilationH, n.dilationW}, {n.outputPaddingH, n.outputPaddingW}, n.groups, f.stream()));
}

void runConvTranspose3d(Frame& f, const ConvTranspose3DNode& n) {
  check(f(n.x), f(n.w), 5, {n.strideD, n.strideH, n.strideW, n.dilationD, n.dilationH, n.dilationW, n.groups},
        {n.paddingD, n.paddingH, n.paddingW, n.outputPaddingD, n.outputPaddingH, n.outputPaddingW});
  f.set(n.out, mx::conv_transpose3d(f(n.x), f(n.w), {n.strideD, n.strideH, n.strideW},
                                    {n.paddingD, n.paddingH, n.paddingW}, {n.dilationD, n.dilationH, n.dilationW},
                                    {n.outputPaddingD, n.outputPaddingH, n.outputPaddingW}, n.groups, f.stream()));
}

} // namespace

void addConvolutionHandlers(HandlerTable& table) {
  on<&runConv1d>(table);
  on<&runConv2d>(table);
  on<&runConv3d>(table);
  on<&runConvTranspose1d>(table);
  on<&runConvTranspose2d>(table);
  on<&runConvTranspose3d>(table);
}

} // namespace pteron::mlx::lazy
