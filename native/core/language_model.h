// A method that follows a language-model contract, executed in place. Ours is
// forward(tokens int64[1,S], position int64[1], keep int64[K]) → logits[1,K,V];
// ExecuTorch's exporters for transformers' models make forward(tokens int64[1,S], positions int64[S]) → logits[1,S,V].
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/argmax.h"
#include "core/program.h"

namespace pteron {

struct LanguageModelShape {
  int64_t chunk = 0;      // most tokens a call
  int64_t rows = 0;       // most rows of logits a call
  int64_t vocabulary = 0; // V
  int64_t context = 0;    // most tokens in the cache; 0 where the program does not say
  LogitType logits = LogitType::F32;
  bool positions = false; // takes a position a token, and gives all rows
  // False where the program counts what its cache holds instead of believing the position (upstream's caches inside the
  // graph do, with transformers 5): only a reset goes back.
  bool rewinds = true;
};

// Throws program_unsupported where the method is not there or has another signature.
LanguageModelShape languageModelShape(const Program& program, const std::string& method);

// The rows of a call's logits, valid until the program executes anything else.
struct Logits {
  const std::byte* data = nullptr;
  LogitType type = LogitType::F32;
  int64_t rows = 0;
  int64_t vocabulary = 0;

  LogitRow row(int64_t index) const;
};

class LanguageModel {
public:
  LanguageModel(Program& program, const std::string& method);

  const LanguageModelShape& shape() const { return shape_; }

  // Writes the tokens' keys and values at position, position + 1, … and computes the logits of the last `rows` of them.
  // At most chunk tokens and rows rows. Throws inference_failed. Allocates nothing.
  Logits forward(const Lane* lane, std::span<const int32_t> tokens, int64_t position, int64_t rows);

private:
  Program& program_;
  LanguageModelShape shape_;
  executorch::runtime::Method& method_;
  std::vector<int64_t> tokens_;
  std::vector<int64_t> keep_;
  executorch::runtime::Error setInputs(size_t tokens, int64_t position, int64_t rows);

  std::vector<int64_t> positions_;
  std::vector<int32_t> tokensShape_{1, 0};
  std::vector<int32_t> positionShape_{1};
  std::vector<int32_t> keepShape_{0};
};

} // namespace pteron
