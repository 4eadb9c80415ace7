#include "core/sampler.h"

#include <algorithm>
#include <limits>

#include "core/errors.h"

namespace pteron {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
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
  const float top = logits_[static_cast<size_t>(best)];
  const double uniform = uniformAt(seed, static_cast<uint64_t>(position));
  if (options.topK > 0 && options.topK < row.size) {
    gatherTopK(static_cast<size_t>(options.topK));
    weigh(options.temperature, top);
    keepTopP(options.topP, totalOfCandidates());
  } else {
    softmax_.compute(logits_, top, 1 / options.temperature);
    if (options.topP >= 1 && options.minP == 0) {
      return softmax_.pick(uniform);
    }
    // What top-p drops is less than 1 − p of the whole, so any token of more than an equal share of that stays.
    const double share = (1 - static_cast<double>(options.topP)) * softmax_.total() / static_cast<double>(row.size);
    gatherFrom(softmax_.weights(), options.topP < 1 ? share : options.minP);
    keepTopP(options.topP, softmax_.total());
  }
  std::erase_if(candidates_, [&](const Candidate& candidate) { return candidate.value < options.minP; }); // the best's is 1
  return pick(uniform);
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

// A total order, so that every standard library's algorithms end with the same candidates in the same places.
bool Sampler::likelier(const Candidate& a, const Candidate& b) {
  return a.value != b.value ? a.value > b.value : a.token < b.token;
}

// The topK largest logits, largest first. Blocks without a logit above the least one kept are passed over: comparing a
// block vectorises, and the heap changes only some hundred times.
void Sampler::gatherTopK(size_t topK) {
  constexpr size_t kBlock = 64;
  candidates_.clear();
  float least = kNever;
  for (size_t begin = 0; begin < logits_.size(); begin += kBlock) {
    const size_t end = std::min(begin + kBlock, logits_.size());
    int any = 0;
    for (size_t i = begin; i < end; ++i) {
      any |= logits_[i] > least ? 1 : 0;
    }
    for (size_t i = begin; any && i < end; ++i) {
      if (logits_[i] > least) {
        candidates_.push_back({logits_[i], static_cast<int32_t>(i)});
        std::push_heap(candidates_.begin(), candidates_.end(), likelier); // the least likely at the front
        if (candidates_.size() > topK) {
          std::pop_heap(candidates_.begin(), candidates_.end(), likelier);
          candidates_.pop_back();
        }
        least = candidates_.size() == topK ? candidates_.front().value : kNever;
      }
    }
  }
  std::sort(candidates_.begin(), candidates_.end(), likelier);
}

void Sampler::weigh(float temperature, float best) {
  for (Candidate& candidate : candidates_) {
    candidate.value = expNegative((candidate.value - best) / temperature);
  }
}

void Sampler::gatherFrom(std::span<const float> weights, double least) {
  const auto cut = static_cast<float>(least);
  candidates_.clear();
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] >= cut) {
      candidates_.push_back({weights[i], static_cast<int32_t>(i)});
    }
  }
}

// Keeps the shortest head whose probability, of `total`, reaches topP; always one token. The head is usually short, so
// it is taken off a heap: sorting thousands of candidates would take longer.
void Sampler::keepTopP(float topP, double total) {
  if (topP >= 1) {
    return;
  }
  const auto lessLikely = [](const Candidate& a, const Candidate& b) { return likelier(b, a); };
  std::make_heap(candidates_.begin(), candidates_.end(), lessLikely);
  head_.clear();
  for (double sum = 0; !candidates_.empty() && (head_.empty() || sum < topP * total);) {
    std::pop_heap(candidates_.begin(), candidates_.end(), lessLikely);
    head_.push_back(candidates_.back());
    candidates_.pop_back();
    sum += head_.back().value;
  }
  candidates_.swap(head_);
}

double Sampler::totalOfCandidates() const {
  double total = 0;
  for (const Candidate& candidate : candidates_) {
    total += candidate.value;
  }
  return total;
}

int32_t Sampler::pick(double uniform) const {
  double rest = uniform * totalOfCandidates();
  for (const Candidate& candidate : candidates_) {
    rest -= candidate.value;
    if (rest < 0) {
      return candidate.token;
    }
  }
  return candidates_.back().token;
}

} // namespace pteron
