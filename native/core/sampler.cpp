#include "core/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.h"

namespace pteron {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
// After temperature, e⁻²⁵ of the most likely token's probability: what lies below cannot be told from never drawn.
constexpr float kReach = 25;
// Dividing by less overflows; the draw would be greedy anyway.
constexpr float kGreedyBelow = 1e-6f;

// SplitMix64's finaliser (Steele, Lea and Flood, 2014).
uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

CodedError nothingToDraw() {
  return inferenceFailed("the logits hold NaN or infinity, or no token is allowed");
}

} // namespace

double uniformAt(uint64_t seed, uint64_t position) {
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15u;
  const uint64_t bits = mix(mix(seed + kGolden) + (position + 1) * kGolden);
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

int32_t Sampler::draw(const LogitRow& row, const SamplingOptions& options, uint64_t seed, int64_t position,
                      std::span<const int32_t> history, std::span<const uint32_t> mask) {
  const bool greedy = options.temperature < kGreedyBelow || options.topK == 1;
  if (greedy && mask.empty() && options.repetitionPenalty == 1) {
    const int64_t token = argmax(row);
    return token < 0 ? throw nothingToDraw() : static_cast<int32_t>(token);
  }
  logits_.resize(static_cast<size_t>(row.size));
  toFloat(row, logits_.data());
  penalise(options.repetitionPenalty, history);
  applyMask(mask);
  const int64_t best = argmax({logits_.data(), LogitType::F32, row.size});
  if (best < 0) {
    throw nothingToDraw();
  }
  if (greedy) {
    return static_cast<int32_t>(best);
  }
  gather(options.temperature, logits_[static_cast<size_t>(best)]);
  keepTopK(options.topK);
  keepTopP(options.topP);
  keepMinP(options.minP);
  return pick(uniformAt(seed, static_cast<uint64_t>(position)));
}

void Sampler::penalise(float penalty, std::span<const int32_t> history) {
  if (penalty == 1) {
    return;
  }
  const auto window = history.last(std::min<size_t>(history.size(), kPenaltyWindow));
  penalised_.assign(window.begin(), window.end());
  std::sort(penalised_.begin(), penalised_.end());
  penalised_.erase(std::unique(penalised_.begin(), penalised_.end()), penalised_.end());
  for (int32_t token : penalised_) {
    float& logit = logits_[static_cast<size_t>(token)];
    logit = logit > 0 ? logit / penalty : logit * penalty;
  }
}

void Sampler::applyMask(std::span<const uint32_t> mask) {
  if (mask.empty()) {
    return;
  }
  for (size_t i = 0; i < logits_.size(); ++i) {
    if ((mask[i / 32] >> (i % 32) & 1) == 0) {
      logits_[i] = kNever;
    }
  }
}

// Fills candidates_ in the order of the vocabulary.
void Sampler::gather(float temperature, float best) {
  const float scale = 1 / temperature;
  const float cut = best - kReach * temperature;
  candidates_.clear();
  for (size_t i = 0; i < logits_.size(); ++i) {
    if (logits_[i] >= cut) {
      const float logit = (logits_[i] - best) * scale;
      candidates_.push_back({logit, static_cast<int32_t>(i), 0});
    }
  }
}

// A total order, so that every standard library's algorithms end with the same candidates in the same places.
bool Sampler::likelier(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
}

void Sampler::keepTopK(int64_t topK) {
  const auto wanted = static_cast<size_t>(topK);
  if (wanted > 0 && wanted < candidates_.size()) {
    std::nth_element(candidates_.begin(), candidates_.begin() + topK, candidates_.end(), likelier);
    candidates_.resize(wanted);
    std::sort(candidates_.begin(), candidates_.end(), likelier);
  }
  for (Candidate& candidate : candidates_) {
    candidate.weight = std::exp(static_cast<double>(candidate.logit));
  }
}

// Keeps the shortest head whose probability reaches topP; always one token. The head is usually short, so it is taken
// off a heap: sorting a vocabulary of 262,144 takes longer than computing a token of a small model.
void Sampler::keepTopP(float topP) {
  if (topP >= 1) {
    return;
  }
  double total = 0;
  for (const Candidate& candidate : candidates_) {
    total += candidate.weight;
  }
  const auto lessLikely = [](const Candidate& a, const Candidate& b) { return likelier(b, a); };
  std::make_heap(candidates_.begin(), candidates_.end(), lessLikely);
  head_.clear();
  for (double sum = 0; !candidates_.empty() && (head_.empty() || sum < topP * total);) {
    std::pop_heap(candidates_.begin(), candidates_.end(), lessLikely);
    head_.push_back(candidates_.back());
    candidates_.pop_back();
    sum += head_.back().weight;
  }
  candidates_.swap(head_);
}

void Sampler::keepMinP(float minP) {
  if (minP > 0) { // the best one's weight is 1
    std::erase_if(candidates_, [minP](const Candidate& candidate) { return candidate.weight < minP; });
  }
}

int32_t Sampler::pick(double uniform) const {
  double total = 0;
  for (const Candidate& candidate : candidates_) {
    total += candidate.weight;
  }
  double rest = uniform * total;
  for (const Candidate& candidate : candidates_) {
    rest -= candidate.weight;
    if (rest < 0) {
      return candidate.token;
    }
  }
  return candidates_.back().token;
}

} // namespace pteron
