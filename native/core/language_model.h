// A method that follows a language-model contract, executed in place: one way to call it, whoever exported it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/language_model_shape.h"
#include "core/saved_slots.h"

namespace pteron {

// The rows of a call's logits, valid until the program executes anything else.
struct Logits {
  const std::byte* data = nullptr;
  LogitType type = LogitType::F32;
  int64_t rows = 0;
  int64_t vocabulary = 0;

  LogitRow row(int64_t index) const;
};

// What stands at the place of some of a call's tokens: rows of the shape's featureWidth, for the tokens from `first` on.
struct FeatureRows {
  size_t first = 0;
  std::span<const float> values;
};

class LanguageModel {
public:
  LanguageModel(Program& program, const std::string& method);

  const LanguageModelShape& shape() const { return shape_; }

  // Writes the tokens' keys and values at position, position + 1, … and computes the logits of the last `rows` of them.
  // At most chunk tokens and rows rows; `given` as shape().given says, checked by the caller; `slots` only where the shape
  // has some. Throws inference_failed. Allocates nothing.
  Logits forward(const Lane* lane, std::span<const int32_t> tokens, int64_t position, int64_t rows,
                 std::vector<HostTensor>& given, SlotPair slots, FeatureRows features = {});

private:
  void place(FeatureRows features);
  executorch::runtime::Error setFeatures(int32_t tokens);
  executorch::runtime::Error setInputs(size_t tokens, int64_t position, int64_t rows, std::vector<HostTensor>& given);

  Program& program_;
  LanguageModelShape shape_;
  executorch::runtime::Method& method_;
  std::vector<int64_t> tokens_;
  std::vector<int64_t> keep_;
  std::vector<int64_t> positions_;
  std::vector<int32_t> tokensShape_{1, 0};
  std::vector<int32_t> positionShape_{1};
  std::vector<int32_t> keepShape_{0};
  std::vector<int64_t> slots_{0, 0};
  std::vector<int32_t> slotsShape_{2};
  std::vector<float> features_;
  std::vector<uint8_t> isFeature_; // bool
  bool anyFeature_ = false;        // whether the last call had some
  std::vector<int32_t> featuresShape_{1, 0, 0};
};

} // namespace pteron
