#include "core/language_model.h"

#include <algorithm>
#include <numeric>

#include "core/errors.h"
#include "core/inputs.h"
#include "core/log.h"

namespace pteron {

using executorch::runtime::Error;

LogitRow Logits::row(int64_t index) const {
  const int64_t bytes = vocabulary * (type == LogitType::F32 ? 4 : 2);
  return {data + index * bytes, type, vocabulary};
}

LanguageModel::LanguageModel(Program& program, const std::string& method)
    : program_(program), shape_(languageModelShape(program, method)), method_(program.method(method)),
      tokens_(static_cast<size_t>(shape_.chunk)), keep_(static_cast<size_t>(shape_.rows)),
      positions_(static_cast<size_t>(shape_.contract == Contract::Positions ? shape_.chunk : 1)),
      features_(static_cast<size_t>(shape_.chunk * shape_.featureWidth)),
      isFeature_(shape_.featureWidth > 0 ? static_cast<size_t>(shape_.chunk) : 0) {
  featuresShape_[2] = static_cast<int32_t>(shape_.featureWidth);
}

// Zeros everywhere else.
void LanguageModel::place(FeatureRows features) {
  if (anyFeature_) {
    std::fill(features_.begin(), features_.end(), 0.0F);
    std::fill(isFeature_.begin(), isFeature_.end(), 0);
  }
  anyFeature_ = !features.values.empty();
  if (anyFeature_) {
    const auto width = static_cast<size_t>(shape_.featureWidth);
    std::copy(features.values.begin(), features.values.end(), features_.begin() + static_cast<ptrdiff_t>(features.first * width));
    std::fill_n(isFeature_.begin() + static_cast<ptrdiff_t>(features.first), features.values.size() / width, 1);
  }
}

Error LanguageModel::setFeatures(int32_t tokens) {
  featuresShape_[1] = tokens;
  const Error error = setTensor(method_, 3, ScalarType::Float, featuresShape_, features_.data());
  return error == Error::Ok ? setTensor(method_, 4, ScalarType::Bool, tokensShape_, isFeature_.data()) : error;
}

Error LanguageModel::setInputs(size_t tokens, int64_t position, int64_t rows, std::vector<HostTensor>& given) {
  const auto count = static_cast<int64_t>(tokens);
  tokensShape_[1] = static_cast<int32_t>(count);
  positionShape_[0] = shape_.contract == Contract::Positions ? static_cast<int32_t>(count) : 1;
  std::iota(positions_.begin(), positions_.begin() + positionShape_[0], position);
  Error error = setTensor(method_, 0, ScalarType::Long, tokensShape_, tokens_.data());
  if (error == Error::Ok) {
    error = setTensor(method_, 1, ScalarType::Long, positionShape_, positions_.data());
  }
  if (error == Error::Ok && shape_.contract == Contract::Pteron) {
    keepShape_[0] = static_cast<int32_t>(rows);
    std::iota(keep_.begin(), keep_.begin() + rows, count - rows);
    error = setTensor(method_, 2, ScalarType::Long, keepShape_, keep_.data());
  }
  if (error == Error::Ok && shape_.slots > 0) {
    error = setTensor(method_, 3, ScalarType::Long, slotsShape_, slots_.data());
  }
  if (error == Error::Ok && shape_.featureWidth > 0) {
    error = setFeatures(tokensShape_[1]);
  }
  // Each time: the memory plan gives an input's place to other tensors once it was read.
  for (size_t i = 0; error == Error::Ok && i < given.size(); ++i) {
    error = setTensor(method_, shape_.givenFrom + i, given[i].dtype, given[i].shape, given[i].data.data());
  }
  return error;
}

Logits LanguageModel::forward(const Lane* lane, std::span<const int32_t> tokens, int64_t position, int64_t rows,
                              std::vector<HostTensor>& given, SlotPair slots, FeatureRows features) {
  place(features);
  slots_ = {slots.read, slots.write};
  std::copy(tokens.begin(), tokens.end(), tokens_.begin());
  takeRuntimeLog();
  if (const Error error = setInputs(tokens.size(), position, rows, given); error != Error::Ok) {
    throw inferenceFailed(takeFailureReason(error));
  }
  program_.execute(method_, lane);
  const auto& logits = method_.get_output(0).toTensor();
  const bool all = shape_.contract != Contract::Pteron && !shape_.lastRowOnly;
  const int64_t computed = all ? static_cast<int64_t>(tokens.size()) : rows;
  if (logits.numel() != computed * shape_.vocabulary) {
    throw inferenceFailed("the logits have an unexpected shape");
  }
  const auto skipped = static_cast<size_t>((computed - rows) * shape_.vocabulary) *
                       (shape_.logits == LogitType::F32 ? 4 : 2);
  return {static_cast<const std::byte*>(logits.const_data_ptr()) + skipped, shape_.logits, rows, shape_.vocabulary};
}

} // namespace pteron
