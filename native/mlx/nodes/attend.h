// Scaled dot-product attention on tensors [B, H, T, D], for the nodes that attend.
#pragma once

#include "../frame.h"

#include <optional>

namespace pteron::mlx {

struct AttentionOperands {
  Tensor q, k, v;
  std::optional<Tensor> mask; // broadcasts to [B, H, Tq, Tk]; boolean (true = attend) or added to the scores
  float scale = 1;
  bool causal = false; // bottom-right aligned
  // Where set, k and v are [1, H, T, words], whose rows these nodes would dequantize.
  const DequantizeNode *quantizedK = nullptr, *quantizedV = nullptr;
};

// out [B, H, Tq, Dv] declared as `type`.
void attend(Frame& frame, const AttentionOperands& operands, Tid out, DType type);

} // namespace pteron::mlx
