// Softmax weights of a whole vocabulary, fast and with the same bits on every machine: a seed must draw the same token on
// a Mac and on Linux, and a standard library's exp differs between them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pteron {

// exp(x) for x ≤ 0 within 3e-7 of its value; 0 below −87.
float expNegative(float x);

// Unnormalised probabilities with their sums, by blocks, so that drawing need not walk the whole vocabulary.
class SoftmaxWeights {
public:
  // weights[i] = exp((logits[i] − best) · scale); `best` is the largest logit, so the largest weight is 1.
  void compute(std::span<const float> logits, float best, float scale);

  std::span<const float> weights() const { return weights_; }
  double total() const { return total_; }
  // The token at `uniform` (in [0, 1)) of the cumulated weights.
  int32_t pick(double uniform) const;

private:
  std::vector<float> weights_;
  std::vector<double> blocks_;
  double total_ = 0;
};

} // namespace pteron
