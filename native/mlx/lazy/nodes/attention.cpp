// Attention, rotary position embedding and normalization: libmlx's fused functions.
#include "../../failure.h"
#include "../handlers.h"

#include <mlx/fast.h>
#include <mlx/ops.h>

namespace pteron::mlx::lazy {

namespace {

void runRmsNorm(Frame& f, const RMSNormNode& node) {
  f.set(node.out, mx::fast::rms_norm(f(node.x), f.maybe(node.weight), node.eps, f.stream()));
}

void runLayerNorm(Frame& f, const LayerNormNode& node) {
  f.set(node.out, mx::fast::layer_norm(f(node.x), f.maybe(node.weight), f.maybe(node.bias), node.eps, f.stream()));
}

void runRope(Frame& f, const RopeNode& node) {
  const mx::array& x = f(node.x);
  const auto freqs = f.maybe(node.freqs);
  const auto base = freqs ? std::nullopt : std::optional(node.base);
  expect(x.ndim() >= 2 && node.dims > 0 && node.dims <= x.shape(-1) && node.dims % 2 == 0,
         "rotary embedding's dimensions do not fit");
  if (node.offset.isVid) {
    const int64_t offset = f.integer(node.offset.vid);
    expect(offset >= INT32_MIN && offset <= INT32_MAX, "a position is out of range");
    return f.set(node.out, mx::fast::rope(x, node.dims, node.traditional, base, node.scale, static_cast<int>(offset),
                                          freqs, f.stream()));
  }
  f.set(node.out,
        mx::fast::rope(x, node.dims, node.traditional, base, node.scale, f(node.offset.tid), freqs, f.stream()));
}

void runSdpa(Frame& f, const SdpaNode& node) {
  const mx::array& q = f(node.q);
  std::optional<mx::array> mask = f.maybe(node.mask);
  if (mask && mask->dtype() != mx::bool_) mask = mx::astype(*mask, q.dtype(), f.stream());
  const char* mode = mask ? "array" : node.causal ? "causal" : "";
  f.set(node.out, mx::fast::scaled_dot_product_attention(q, f(node.k), f(node.v), node.scale, mode, mask, std::nullopt,
                                                         false, f.stream()));
}

} // namespace

void addAttentionHandlers(HandlerTable& table) {
  on<&runRmsNorm>(table);
  on<&runLayerNorm>(table);
  on<&runRope>(table);
  on<&runSdpa>(table);
}

} // namespace pteron::mlx::lazy
