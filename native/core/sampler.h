// How a token is drawn from a row of logits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/argmax.h"
#include "core/softmax.h"

namespace pteron {

// transformers' order: repetition penalty, temperature, top-k, top-p, min-p. Validated by the caller.
struct SamplingOptions {
  float temperature = 0; // 0 = greedy
  int64_t topK = 0;      // 0 = all
  float topP = 1;
  float minP = 0; // of the most likely token's probability
  float repetitionPenalty = 1;
  std::optional<uint64_t> seed = {};
};

// Tokens that the repetition penalty looks back on.
constexpr int64_t kPenaltyWindow = 64;

// A uniform number in [0, 1) that depends on nothing but its arguments: the token at a position is drawn with the same
// number whether it is decoded, verified after a draft, or computed on another machine.
double uniformAt(uint64_t seed, uint64_t position);

class Sampler {
public:
  // Draws the token that follows `history` (its last kPenaltyWindow tokens are penalised) and stands at `position`.
  // `mask` is empty or holds a bit a token, 1 = allowed. Throws inference_failed where the row holds NaN or +inf, or
  // where nothing is allowed.
  int32_t draw(const LogitRow& row, const SamplingOptions& options, uint64_t seed, int64_t position,
               std::span<const int32_t> history, std::span<const uint32_t> mask);

private:
  struct Candidate {
    float value; // the logit, later its unnormalised probability
    int32_t token;
  };

  void penalise(float penalty, std::span<const int32_t> history);
  void applyMask(std::span<const uint32_t> mask);
  void gatherTopK(size_t topK);
  void weigh(float temperature, float best);
  void gatherFrom(std::span<const float> weights, double least);
  void keepTopP(float topP, double total);
  double totalOfCandidates() const;
  int32_t pick(double uniform) const;
  static bool likelier(const Candidate& a, const Candidate& b);

  // Kept between calls, so that drawing allocates nothing once warm.
  std::vector<float> logits_;
  SoftmaxWeights softmax_;
  std::vector<Candidate> candidates_;
  std::vector<Candidate> head_;
  std::vector<int32_t> penalised_;
};

} // namespace pteron
