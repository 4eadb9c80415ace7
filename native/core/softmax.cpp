// Compiled without contraction of a·b + c, which would make the results depend on the machine, and without trapping
// comparisons, which would keep the loops from vectorising.
#include "core/softmax.h"

#include <algorithm>
#include <bit>

namespace pteron {
namespace {

constexpr size_t kBlock = 1024;
constexpr size_t kLanes = 8;

// Eight partial sums in a fixed order: vectorisable, and still one definite result.
double sumOf(std::span<const float> values) {
  float lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      lanes[lane] += values[i + lane];
    }
  }
  double sum = 0;
  for (; i < values.size(); ++i) {
    sum += values[i];
  }
  for (float lane : lanes) {
    sum += lane;
  }
  return sum;
}

} // namespace

// x = n·ln 2 + r with |r| ≤ ½ ln 2; exp(r) by its Taylor polynomial, whose next term is below 2e-7; 2ⁿ by the exponent bits.
float expNegative(float x) {
  constexpr float kRound = 12582912.0f; // 1.5·2²³: adding it leaves the nearest integer in the low bits
  const float bounded = x < -87.0f ? -87.0f : x;
  const float shifted = bounded * 1.44269504f + kRound;
  const float n = shifted - kRound;
  const float r = bounded - n * 0.693359375f + n * 2.12194440e-4f; // ln 2 in two parts (Cody and Waite)
  float p = 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const uint32_t exponent = std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(kRound) + 127u;
  const float value = p * std::bit_cast<float>(exponent << 23);
  return x < -87.0f ? 0.0f : value;
}

void SoftmaxWeights::compute(std::span<const float> logits, float best, float scale) {
  weights_.resize(logits.size());
  const float* from = logits.data();
  float* to = weights_.data();
  for (size_t i = 0; i < logits.size(); ++i) {
    to[i] = expNegative((from[i] - best) * scale);
  }
  blocks_.clear();
  total_ = 0;
  for (size_t begin = 0; begin < weights_.size(); begin += kBlock) {
    const size_t count = std::min(kBlock, weights_.size() - begin);
    blocks_.push_back(sumOf(std::span(weights_).subspan(begin, count)));
    total_ += blocks_.back();
  }
}

int32_t SoftmaxWeights::pick(double uniform) const {
  double rest = uniform * total_;
  size_t block = 0;
  while (block + 1 < blocks_.size() && rest >= blocks_[block]) {
    rest -= blocks_[block++];
  }
  // Rounding may leave a rest beyond the last token: the last one that can be drawn at all is it then.
  int32_t last = 0;
  for (size_t i = block * kBlock; i < weights_.size(); ++i) {
    if (weights_[i] > 0) {
      last = static_cast<int32_t>(i);
      rest -= weights_[i];
      if (rest < 0) {
        return last;
      }
    }
  }
  return last;
}

} // namespace pteron
