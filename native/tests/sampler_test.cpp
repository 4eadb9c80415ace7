// Drawing tokens: against hand-computed distributions, deterministic for a seed.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <string_view>
#include <vector>

#include "check.h"
#include "core/argmax.h"
#include "core/errors.h"
#include "core/sampler.h"

namespace {

using namespace pteron;

LogitRow rowOf(const std::vector<float>& logits) {
  return {logits.data(), LogitType::F32, static_cast<int64_t>(logits.size())};
}

int32_t draw(const std::vector<float>& logits, const SamplingOptions& options, int64_t position = 0,
             std::vector<int32_t> history = {}, std::vector<uint32_t> mask = {}) {
  Sampler sampler;
  return sampler.draw(rowOf(logits), options, options.seed.value_or(0), position, history, mask);
}

// How often each token is drawn at positions 0 … n.
std::map<int32_t, double> frequencies(const std::vector<float>& logits, SamplingOptions options, int n = 20000) {
  Sampler sampler;
  std::map<int32_t, double> counts;
  for (int i = 0; i < n; ++i) {
    counts[sampler.draw(rowOf(logits), options, 7, i, {}, {})] += 1.0 / n;
  }
  return counts;
}

bool fails(const std::vector<float>& logits, const SamplingOptions& options, std::vector<uint32_t> mask = {}) {
  try {
    draw(logits, options, 0, {}, mask);
  } catch (const CodedError& error) {
    return std::string_view(error.code()) == "inference_failed";
  }
  return false;
}

uint16_t bfloat16(float value) { return static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16); }

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
const std::vector<float> kLogits{std::log(0.5f), std::log(0.25f), std::log(0.15f), std::log(0.1f)};

void argmaxOfEveryType() {
  CHECK(argmax(rowOf({-3, -1, -2})) == 1);
  CHECK(argmax(rowOf({2, 5, 5, 1})) == 1); // the first of equals
  CHECK(argmax(rowOf({-kInfinity, -4, -kInfinity})) == 1);
  CHECK(argmax(rowOf({1, kNan, 2})) == -1);
  CHECK(argmax(rowOf({1, kInfinity})) == -1);
  CHECK(argmax(rowOf({-kInfinity, -kInfinity})) == -1);
  const std::vector<uint16_t> brain{bfloat16(-2), bfloat16(0.5f), bfloat16(3), bfloat16(-7)};
  CHECK(argmax({brain.data(), LogitType::BF16, 4}) == 2);
  const std::vector<uint16_t> brainNan{bfloat16(1), 0x7fc0};
  CHECK(argmax({brainNan.data(), LogitType::BF16, 2}) == -1);
  const std::vector<uint16_t> half{0xc000, 0x3c00, 0x3800, 0xbc00}; // -2, 1, 0.5, -1
  CHECK(argmax({half.data(), LogitType::F16, 4}) == 1);
  std::array<float, 4> floats{};
  toFloat({half.data(), LogitType::F16, 4}, floats.data());
  CHECK(floats[0] == -2 && floats[1] == 1 && floats[2] == 0.5f && floats[3] == -1);
  const uint16_t smallest = 1;
  toFloat({&smallest, LogitType::F16, 1}, floats.data());
  CHECK(floats[0] == 0x1p-24f);
  std::vector<float> wide(262144, -1.0f);
  wide[262143] = 0.25f;
  CHECK(argmax(rowOf(wide)) == 262143);
}

void greedyAndBadLogits() {
  CHECK(draw(kLogits, {}) == 0);
  CHECK(draw(kLogits, {.temperature = 1e-20f}) == 0);
  CHECK(draw(kLogits, {.temperature = 2, .topK = 1}) == 0);
  CHECK(fails({1, kNan}, {}));
  CHECK(fails({1, kNan}, {.temperature = 1}));
  CHECK(fails({1, kInfinity}, {.temperature = 1}));
  CHECK(fails({1, 2}, {}, {0}));
}

void distributions() {
  const auto close = [](double a, double b) { return std::abs(a - b) < 0.012; };
  auto plain = frequencies(kLogits, {.temperature = 1});
  CHECK(close(plain[0], 0.5) && close(plain[1], 0.25) && close(plain[2], 0.15) && close(plain[3], 0.1));
  auto flat = frequencies(kLogits, {.temperature = 2}); // square roots, renormalised
  const double total = std::sqrt(0.5) + std::sqrt(0.25) + std::sqrt(0.15) + std::sqrt(0.1);
  CHECK(close(flat[0], std::sqrt(0.5) / total) && close(flat[3], std::sqrt(0.1) / total));
  auto two = frequencies(kLogits, {.temperature = 1, .topK = 2});
  CHECK(two.size() == 2 && close(two[0], 2.0 / 3));
  auto nucleus = frequencies(kLogits, {.temperature = 1, .topP = 0.7f});
  CHECK(nucleus.size() == 2 && close(nucleus[0], 2.0 / 3));
  auto tiny = frequencies(kLogits, {.temperature = 1, .topP = 0});
  CHECK(tiny.size() == 1 && tiny.count(0));
  auto minimum = frequencies(kLogits, {.temperature = 1, .minP = 0.4f}); // keeps p ≥ 0.2
  CHECK(minimum.size() == 2 && close(minimum[0], 2.0 / 3));
  auto all = frequencies(kLogits, {.temperature = 1, .topK = 3, .topP = 0.8f, .minP = 0.1f});
  CHECK(all.size() == 2); // of 0.9 left by top-k, 0.75 is 83 %
}

void penaltyAndMask() {
  CHECK(draw({2, 1.5f, -1}, {.repetitionPenalty = 1.5f}, 0, {0}) == 1);
  CHECK(draw({2, 1.5f, -1}, {.repetitionPenalty = 1.5f}, 0, {0, 0, 1}) == 0); // once a token, however often it came
  CHECK(draw({-2, -2.5f}, {.repetitionPenalty = 1.5f}, 0, {0}) == 1);
  std::vector<int32_t> old(kPenaltyWindow + 1, 1);
  old[0] = 0; // just outside the window
  CHECK(draw({2, 1.9f}, {.repetitionPenalty = 1.5f}, 0, old) == 0);
  CHECK(draw(kLogits, {}, 0, {}, {0b1100}) == 2);
  const SamplingOptions hot{.temperature = 5};
  Sampler sampler;
  const std::vector<uint32_t> mask{0b1010};
  for (int i = 0; i < 200; ++i) {
    const int32_t token = sampler.draw(rowOf(kLogits), hot, 3, i, {}, mask);
    CHECK(token == 1 || token == 3);
  }
}

void seeds() {
  CHECK(uniformAt(1, 2) == uniformAt(1, 2));
  CHECK(uniformAt(1, 2) != uniformAt(1, 3));
  CHECK(uniformAt(1, 2) != uniformAt(2, 2));
  double sum = 0;
  double square = 0;
  double product = 0;
  constexpr int kCount = 100000;
  for (int i = 0; i < kCount; ++i) {
    const double u = uniformAt(42, static_cast<uint64_t>(i));
    CHECK(u >= 0 && u < 1);
    sum += u;
    square += u * u;
    product += u * uniformAt(42, static_cast<uint64_t>(i) + 1);
  }
  CHECK(std::abs(sum / kCount - 0.5) < 0.005);
  CHECK(std::abs(square / kCount - 1.0 / 3) < 0.005);
  CHECK(std::abs(product / kCount - 0.25) < 0.005); // neighbouring positions are independent
  CHECK(draw(kLogits, {.temperature = 1, .seed = 9}, 5) == draw(kLogits, {.temperature = 1, .seed = 9}, 5));
}

// Against a plain implementation on a vocabulary wide enough for blocks, heaps and cuts to matter.
void wideVocabulary() {
  constexpr int kSize = 5000;
  std::vector<float> logits(kSize);
  for (int i = 0; i < kSize; ++i) {
    logits[static_cast<size_t>(i)] = static_cast<float>(12 * uniformAt(99, static_cast<uint64_t>(i)));
  }
  const auto expected = [&](size_t k, double p, double u) {
    std::vector<int32_t> order(kSize);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
    });
    order.resize(k);
    const auto weight = [&](int32_t token) { return std::exp(static_cast<double>(logits[static_cast<size_t>(token)])); };
    const auto total = [&] {
      const auto add = [&](double sum, int32_t token) { return sum + weight(token); };
      return std::accumulate(order.begin(), order.end(), 0.0, add);
    };
    double sum = 0;
    const double wanted = p * total();
    size_t kept = 0;
    while (kept < order.size() && sum < wanted) {
      sum += weight(order[kept++]);
    }
    order.resize(kept);
    double rest = u * total();
    for (int32_t token : order) {
      if ((rest -= weight(token)) < 0) {
        return token;
      }
    }
    return order.back();
  };
  for (int i = 0; i < 300; ++i) {
    const double u = uniformAt(5, static_cast<uint64_t>(i));
    CHECK(draw(logits, {.temperature = 1, .topK = 40, .seed = 5}, i) == expected(40, 1, u));
    CHECK(draw(logits, {.temperature = 1, .topK = 700, .topP = 0.8f, .seed = 5}, i) == expected(700, 0.8f, u));
    CHECK(draw(logits, {.temperature = 1, .topP = 0.9f, .seed = 5}, i) == expected(kSize, 0.9f, u));
  }
  SoftmaxWeights softmax;
  const float best = *std::max_element(logits.begin(), logits.end());
  softmax.compute(logits, best, 1);
  double sum = 0;
  for (int i = 0; i < kSize; ++i) {
    const double exact = std::exp(static_cast<double>(logits[static_cast<size_t>(i)]) - best);
    CHECK(std::abs(softmax.weights()[static_cast<size_t>(i)] - exact) <= 1e-6 * exact);
    sum += exact;
  }
  CHECK(std::abs(softmax.total() - sum) < 1e-6 * sum);
  CHECK(softmax.pick(0) == 0);
  CHECK(softmax.pick(0.9999999999) == kSize - 1);
}

void exponential() {
  CHECK(expNegative(0) == 1);
  CHECK(expNegative(-kInfinity) == 0);
  CHECK(expNegative(-88) == 0);
  CHECK(expNegative(-86.9f) > 0);
  for (float x = 0; x > -80; x -= 0.0137f) {
    CHECK(std::abs(expNegative(x) - std::exp(static_cast<double>(x))) <= 5e-7 * std::exp(static_cast<double>(x)));
  }
  // The very bits, so that a change of compiler or machine shows.
  CHECK(std::bit_cast<uint32_t>(expNegative(-1.0f)) == 0x3ebc5ab2u);
  CHECK(std::bit_cast<uint32_t>(expNegative(-12.345f)) == 0x369202b7u);
}

} // namespace

int main() {
  exponential();
  wideVocabulary();
  argmaxOfEveryType();
  greedyAndBadLogits();
  distributions();
  penaltyAndMask();
  seeds();
}
