// One KV lane of a language model and the tokens in it. Used on the program's worker thread; `position` may be read
// from any thread, and the JavaScript side calls rewind and reset only while no job of the session is under way.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/language_model.h"
#include "core/sampler.h"

namespace pteron {

struct DecodeRequest {
  int64_t maxTokens = 0;
  SamplingOptions sampling;
  std::vector<int32_t> stopIds;
  std::vector<uint32_t> mask;
};

// Rows of shape().featureWidth that stand at the place of the tokens from `first` on, such as what was heard.
struct Features {
  size_t first = 0;
  std::vector<float> values;
};

// The inputs that stay the same for a sequence; sessions may share them.
struct GivenInputs {
  std::vector<HostTensor> tensors;
  uint64_t number = 0; // another one for each that was provided in this process
};

enum class Finish : uint8_t { Stop, Length, Cancelled };

struct VerifyResult {
  int64_t accepted = 0;
  int32_t next = 0;
};

class Session {
public:
  // Asked between chunks and tokens; true ends the job at once.
  using Cancelled = std::function<bool()>;
  // Gets each token as it is drawn; false ends the generation with this token kept.
  using OnToken = std::function<bool(int32_t)>;

  // contextLength: 1 … the program's. Throws program_unsupported or invalid_argument. Any thread.
  Session(std::shared_ptr<Program> program, std::string method, int64_t contextLength);
  ~Session(); // on the worker thread

  const LanguageModelShape& shape() const { return shape_; }
  int64_t contextLength() const { return contextLength_; }
  int64_t position() const { return position_.load(); }
  // Most drafted tokens that one verification takes.
  int64_t maxDraft() const { return std::min(shape_.chunk, shape_.rows) - 1; }

  // All but rewind and reset throw session_poisoned after a failure. Tokens were checked against the vocabulary.
  // True where it was cancelled before the end. The features were checked.
  bool prefill(std::span<const int32_t> tokens, const Cancelled& cancelled, const Features& features = {});
  // Throws invalid_argument for features that do not fit the model, or this number of tokens. Any thread.
  void checkFeatures(const Features& features, size_t tokens) const;
  Finish decode(const DecodeRequest& request, const OnToken& onToken, const Cancelled& cancelled);
  VerifyResult verify(std::span<const int32_t> draft, const SamplingOptions& sampling);
  int64_t rewind(int64_t position);
  void reset();
  // Sets the inputs that stay the same for a sequence (shape().given) and forgets everything, as reset does. A session
  // without them is new: prefill throws invalid_argument where there should be some. Throws invalid_argument.
  void provide(std::vector<HostTensor> given);
  // The same with what another session of the same method was given, which both keep. Throws invalid_argument.
  void provide(const Session& other);
  // The logits that a decode would begin with, after the last token prefilled. Throws invalid_argument where there are none.
  std::vector<float> logits() const;

private:
  void prepare();
  Logits feed(std::span<const int32_t> tokens, int64_t rows, FeatureRows features = {});
  FeatureRows featuresOf(const Features& features, size_t skipped, size_t start, size_t count) const;
  VerifyResult verifyInOnePass(std::span<const int32_t> draft, const SamplingOptions& sampling, uint64_t seed);
  void undo(std::span<const int32_t> fed, int64_t start, size_t kept);
  size_t chunkOf(size_t tokens) const;
  void makePending(int32_t token);
  template <typename Work> auto guarded(Work work);
  void keepLogits(const LogitRow& row);
  LogitRow keptLogits() const;
  int32_t draw(const LogitRow& row, const SamplingOptions& sampling, uint64_t seed, std::span<const uint32_t> mask);
  void requireSomethingToDrawFrom() const;
  void checkRoom(int64_t tokens) const;

  std::shared_ptr<Program> program_;
  std::string method_;
  LanguageModelShape shape_;
  int64_t contextLength_;
  std::unique_ptr<LanguageModel> model_;
  std::unique_ptr<Lane> lane_;
  bool fresh_ = false; // whether the lane is as after reset
  std::shared_ptr<GivenInputs> given_ = std::make_shared<GivenInputs>();
  Sampler sampler_;
  std::atomic<int64_t> position_ = 0;
  // Of a model with recurrent state, and the position that a rewind last asked for: the next prefill keeps the state there,
  // because the text is likely to change at that place again.
  std::optional<SavedSlots> slots_;
  int64_t wanted_ = 0;
  int64_t highest_ = 0; // position that the lane was ever written up to, rejected drafts included
  // The tokens in the cache, and after them the pending one: drawn, but not fed yet.
  std::vector<int32_t> history_;
  bool pending_ = false;
  // The logits after the last token in the cache, where nothing is pending and a decode may begin.
  std::vector<std::byte> logits_;
  bool hasLogits_ = false;
  std::string poison_;
};

} // namespace pteron
