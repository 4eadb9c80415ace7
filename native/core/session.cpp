#include "core/session.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>
#include <string_view>

#include "core/errors.h"
#include "core/inputs.h"
#ifdef PTERON_OWN_DELEGATE
#include "mlx/input_set.h"
#endif

namespace pteron {
namespace {

constexpr size_t kUnsettled = 8;     // tokens at a prompt's end that its next version may lack
constexpr int64_t kKeptEvery = 128; // tokens of a generation

uint64_t nextGivenNumber() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

uint64_t seedOf(const SamplingOptions& sampling) {
  if (sampling.seed) {
    return *sampling.seed;
  }
  if (sampling.temperature == 0) {
    return 0;
  }
  std::random_device device;
  return (static_cast<uint64_t>(device()) << 32) | device();
}

} // namespace

Session::Session(std::shared_ptr<Program> program, std::string method, int64_t contextLength)
    : program_(std::move(program)), method_(std::move(method)), shape_(languageModelShape(*program_, method_)),
      contextLength_(contextLength) {
  if (contextLength < 1 || contextLength > (shape_.context > 0 ? shape_.context : INT32_MAX)) {
    throw invalidArgument("contextLength must lie between 1 and " + std::to_string(shape_.context) + ", not at " +
                          std::to_string(contextLength) + ".");
  }
  if (shape_.slots > 0) {
    slots_.emplace(shape_.slots);
  }
  program_->acquireSession();
}

Session::~Session() { program_->releaseSession(); }

// Runs a job of a healthy session and remembers what made it unhealthy.
template <typename Work> auto Session::guarded(Work work) {
  if (!poison_.empty()) {
    throw sessionPoisoned(poison_);
  }
  try {
    prepare();
    return work();
  } catch (const CodedError& error) {
    if (std::string_view(error.code()) == "inference_failed") {
      poison_ = error.what();
    }
    throw;
  } catch (const std::exception& error) {
    poison_ = error.what();
    throw;
  }
}

bool Session::prefill(std::span<const int32_t> tokens, const Cancelled& cancelled, const Features& features) {
  return guarded([&] {
    const size_t cached = static_cast<size_t>(position());
    checkRoom(static_cast<int64_t>(history_.size() - cached + tokens.size()));
    if (tokens.empty() && !pending_) {
      return false;
    }
    // history_ holds cached + pending; chunks are cut from a copy, for feed() appends to history_.
    std::vector<int32_t> queue(history_.begin() + position(), history_.end());
    queue.insert(queue.end(), tokens.begin(), tokens.end());
    const size_t pending = queue.size() - tokens.size();
    std::span<const int32_t> rest(queue);
    while (!rest.empty()) {
      if (cancelled()) {
        return true;
      }
      const auto chunk = rest.first(chunkOf(rest.size()));
      const FeatureRows rows = featuresOf(features, pending, queue.size() - rest.size(), chunk.size());
      rest = rest.subspan(chunk.size());
      const Logits logits = feed(chunk, 1, rows);
      if (slots_) {
        slots_->keep();
      }
      if (rest.empty()) {
        keepLogits(logits.row(0));
      }
    }
    return false;
  });
}

void Session::checkFeatures(const Features& features, size_t tokens) const {
  if (features.values.empty()) {
    return;
  }
  if (shape_.featureWidth == 0) {
    throw invalidArgument("The method " + method_ + " takes no features.");
  }
  const auto width = static_cast<size_t>(shape_.featureWidth);
  const size_t rows = features.values.size() / width;
  if (features.values.size() % width != 0 || features.first > tokens || rows > tokens - features.first) {
    throw invalidArgument("The features must be rows of " + std::to_string(width) + " values, for tokens of this call.");
  }
}

// The rows that belong to `count` tokens from `start` on, where `skipped` tokens stand in front of those that the features
// are counted from.
FeatureRows Session::featuresOf(const Features& features, size_t skipped, size_t start, size_t count) const {
  const size_t width = static_cast<size_t>(std::max<int64_t>(1, shape_.featureWidth));
  const size_t first = skipped + features.first, last = first + features.values.size() / width;
  const size_t from = std::max(first, start), until = std::min(last, start + count);
  if (from >= until) {
    return {};
  }
  return {from - start, std::span(features.values).subspan((from - first) * width, (until - from) * width)};
}

// A call's share of the tokens that are left. With recurrent state it ends where a later rewind may want to go: at the place
// that the last one asked for, and shortly before the end, whose tokens change with the next letter.
size_t Session::chunkOf(size_t tokens) const {
  size_t size = std::min(tokens, static_cast<size_t>(shape_.chunk));
  if (!slots_) {
    return size;
  }
  const int64_t until = wanted_ - position();
  if (until > 0 && until < static_cast<int64_t>(size)) {
    return static_cast<size_t>(until);
  }
  return tokens > 2 * kUnsettled ? std::min(size, tokens - kUnsettled) : size;
}

Finish Session::decode(const DecodeRequest& request, const OnToken& onToken, const Cancelled& cancelled) {
  return guarded([&] {
    requireSomethingToDrawFrom();
    const uint64_t seed = seedOf(request.sampling);
    for (int64_t count = 0; count < request.maxTokens; ++count) {
      if (cancelled()) {
        return Finish::Cancelled;
      }
      if (pending_ && position() >= contextLength_) {
        return Finish::Length;
      }
      const LogitRow row = pending_ ? feed(std::span(history_).last(1), 1).row(0) : keptLogits();
      if (slots_ && position() % kKeptEvery == 0) {
        slots_->keep();
      }
      const int32_t token = draw(row, request.sampling, seed, request.mask);
      if (std::find(request.stopIds.begin(), request.stopIds.end(), token) != request.stopIds.end()) {
        keepLogits(row); // nothing is pending: a further decode draws from here again
        return Finish::Stop;
      }
      makePending(token);
      if (!onToken(token)) {
        return Finish::Stop;
      }
    }
    return Finish::Length;
  });
}

VerifyResult Session::verify(std::span<const int32_t> draft, const SamplingOptions& sampling) {
  return guarded([&] {
    requireSomethingToDrawFrom();
    checkRoom(pending_ ? 1 : 0);
    const int64_t room = contextLength_ - position() - (pending_ ? 1 : 0);
    draft = draft.first(std::min(draft.size(), static_cast<size_t>(room)));
    const uint64_t seed = seedOf(sampling);
    if (pending_) {
      return verifyInOnePass(draft, sampling, seed);
    }
    // The first row is at hand already, and decides on the draft's first token.
    const int32_t first = draw(keptLogits(), sampling, seed, {});
    makePending(first);
    if (draft.empty() || draft[0] != first) {
      return VerifyResult{0, first};
    }
    VerifyResult result = verifyInOnePass(draft.subspan(1), sampling, seed);
    ++result.accepted;
    return result;
  });
}

VerifyResult Session::verifyInOnePass(std::span<const int32_t> draft, const SamplingOptions& sampling, uint64_t seed) {
  std::vector<int32_t> fed{history_.back()};
  fed.insert(fed.end(), draft.begin(), draft.end());
  const int64_t start = position();
  if (slots_) {
    slots_->keep(); // to come back to if the draft is wrong
  }
  const Logits logits = feed(fed, static_cast<int64_t>(fed.size()));
  for (size_t accepted = 0;; ++accepted) {
    // Position and penalty window are those of plain decoding after the tokens accepted so far.
    position_ = start + 1 + static_cast<int64_t>(accepted);
    history_.resize(static_cast<size_t>(position()));
    const int32_t token = draw(logits.row(static_cast<int64_t>(accepted)), sampling, seed, {});
    if (accepted == draft.size() || draft[accepted] != token) {
      if (slots_ && accepted < draft.size()) {
        undo(fed, start, accepted + 1);
      }
      makePending(token);
      return {static_cast<int64_t>(accepted), token};
    }
    history_.push_back(token);
  }
}

// Recurrent state has seen the whole draft: back to before it, and forward again over what was right.
void Session::undo(std::span<const int32_t> fed, int64_t start, size_t kept) {
  position_ = slots_->rewind(start);
  feed(fed.first(kept), 1);
}

int64_t Session::rewind(int64_t position) {
  position = std::min(position, this->position());
  if (slots_) {
    wanted_ = position;
    position = slots_->rewind(position);
  }
  const bool reachable = shape_.rewind == Rewind::Anywhere || shape_.rewind == Rewind::Saved || position == this->position() ||
                         (shape_.rewind == Rewind::OneChunk && position >= highest_ - shape_.chunk);
  if (!reachable) {
    position = 0;
    fresh_ = false; // the next job makes a new lane
  }
  position_ = position;
  history_.resize(static_cast<size_t>(position_.load()));
  pending_ = false;
  hasLogits_ = false;
  return position_;
}

void Session::reset() {
  rewind(0);
  poison_.clear();
  fresh_ = false; // the next job makes a new lane
}

void Session::provide(std::vector<HostTensor> given) {
  if (given.size() != shape_.given.size()) {
    throw invalidArgument(method_ + " takes " + std::to_string(shape_.given.size()) + " inputs beside tokens and position, not " +
                          std::to_string(given.size()) + ".");
  }
  const MethodInfo& info = *findMethod(program_->methods(), method_);
  for (size_t i = 0; i < given.size(); ++i) {
    checkInput(info, shape_.givenFrom + i, given[i]);
  }
  given_ = std::make_shared<GivenInputs>(GivenInputs{std::move(given), nextGivenNumber()});
  reset();
}

void Session::provide(const Session& other) {
  if (other.program_ != program_ || other.method_ != method_) {
    throw invalidArgument("What a session was given is shared with sessions of the same program and method only.");
  }
  given_ = other.given_;
  reset();
}

std::vector<float> Session::logits() const {
  if (!hasLogits_) {
    throw invalidArgument("There are no logits: prefill at least one token first.");
  }
  std::vector<float> values(static_cast<size_t>(shape_.vocabulary));
  toFloat(keptLogits(), values.data());
  return values;
}

// Lanes and models belong to the worker thread, so they are made by the first job.
void Session::prepare() {
  if (given_->tensors.size() != shape_.given.size()) {
    throw invalidArgument("Provide the inputs of " + method_ + " beside tokens and position first.");
  }
  if (!fresh_) {
    lane_.reset(); // before the new one, so that there are never two
    lane_ = program_->newLane();
    // A program that goes back anywhere, or to slots, overwrites what an earlier session left in the only state.
    const bool overwrites = shape_.rewind == Rewind::Anywhere || slots_;
    if (!lane_ && !overwrites && program_->renewState(method_)) {
      model_.reset();
    }
    if (slots_) {
      slots_->reset();
    }
    fresh_ = true;
    highest_ = 0;
  }
  if (!model_) {
    model_ = std::make_unique<LanguageModel>(*program_, method_);
  }
}

// The tokens take the place of all that history_ holds from `position` on.
Logits Session::feed(std::span<const int32_t> tokens, int64_t rows, FeatureRows features) {
#ifdef PTERON_OWN_DELEGATE
  const mlx::InputSet given(features.values.empty() ? given_->number : 0); // features change from call to call
#endif
  const Logits logits =
      model_->forward(lane_.get(), tokens, position(), rows, given_->tensors, slots_ ? slots_->next() : SlotPair{}, features);
  const auto cached = static_cast<size_t>(position());
  if (history_.size() != cached + 1 || tokens.size() != 1) { // not the pending token fed alone
    history_.resize(cached);
    history_.insert(history_.end(), tokens.begin(), tokens.end());
  }
  position_ = position() + static_cast<int64_t>(tokens.size());
  if (slots_) {
    slots_->wrote(position());
  }
  highest_ = std::max(highest_, position());
  pending_ = false;
  hasLogits_ = false;
  return logits;
}

void Session::keepLogits(const LogitRow& row) {
  const size_t bytes = static_cast<size_t>(row.size) * (row.type == LogitType::F32 ? 4 : 2);
  logits_.resize(bytes);
  if (row.data != logits_.data()) {
    std::memcpy(logits_.data(), row.data, bytes);
  }
  hasLogits_ = true;
}

LogitRow Session::keptLogits() const { return {logits_.data(), shape_.logits, shape_.vocabulary}; }

void Session::makePending(int32_t token) {
  history_.push_back(token);
  pending_ = true;
  hasLogits_ = false;
}

// The token stands right after all of history_.
int32_t Session::draw(const LogitRow& row, const SamplingOptions& sampling, uint64_t seed,
                      std::span<const uint32_t> mask) {
  return sampler_.draw(row, sampling, seed, static_cast<int64_t>(history_.size()), history_, mask);
}

void Session::requireSomethingToDrawFrom() const {
  if (!pending_ && !hasLogits_) {
    throw invalidArgument("There is nothing to draw from: prefill at least one token first.");
  }
}

void Session::checkRoom(int64_t tokens) const {
  if (position() + tokens > contextLength_) {
    throw promptTooLong(position() + tokens, contextLength_);
  }
}

} // namespace pteron
