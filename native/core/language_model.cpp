#include "core/language_model.h"

#include <algorithm>
#include <numeric>

#include "core/errors.h"
#include "core/inputs.h"
#include "core/log.h"

namespace pteron {
namespace {

using executorch::runtime::Error;

bool isIndices(const TensorInfo& info, size_t rank) {
  return info.kind == TensorInfo::Kind::Tensor && info.dtype == ScalarType::Long && info.shape.size() == rank &&
         std::all_of(info.shape.begin(), info.shape.end(), [](int32_t extent) { return extent > 0; });
}

bool isLogits(const TensorInfo& info) {
  return info.kind == TensorInfo::Kind::Tensor && info.shape.size() == 3 && info.shape[0] == 1 && info.shape[2] > 0 &&
         (info.dtype == ScalarType::Float || info.dtype == ScalarType::Half || info.dtype == ScalarType::BFloat16);
}

LogitType logitType(ScalarType dtype) {
  switch (dtype) {
  case ScalarType::Half: return LogitType::F16;
  case ScalarType::BFloat16: return LogitType::BF16;
  default: return LogitType::F32;
  }
}

constexpr int64_t kMostRows = 16; // as in our own programs

bool followsOurs(const MethodInfo& info) {
  const auto& inputs = info.inputs;
  return inputs.size() == 3 && isIndices(inputs[0], 2) && inputs[0].shape[0] == 1 && isIndices(inputs[1], 1) &&
         inputs[1].shape[0] == 1 && isIndices(inputs[2], 1) && info.outputs.size() == 1 && isLogits(info.outputs[0]);
}

bool followsUpstreams(const MethodInfo& info) {
  const auto& inputs = info.inputs;
  return inputs.size() == 2 && isIndices(inputs[0], 2) && inputs[0].shape[0] == 1 && isIndices(inputs[1], 1) &&
         inputs[1].shape[0] == inputs[0].shape[1] && info.outputs.size() == 1 && isLogits(info.outputs[0]) &&
         info.outputs[0].shape[1] == inputs[0].shape[1];
}

bool hasOffGraphCaches(const Program& program, const std::string& method) {
  return std::any_of(program.graphs().begin(), program.graphs().end(), [&](const GraphSummary& graph) {
    return graph.method == method && graph.nodeCounts.count("UpdateAndAttendNode") > 0;
  });
}

int64_t boundedBy(int64_t bound, std::optional<int64_t> stated) {
  return stated && *stated > 0 ? std::min(bound, *stated) : bound;
}

} // namespace

LanguageModelShape languageModelShape(const Program& program, const std::string& method) {
  const MethodInfo* info = findMethod(program.methods(), method);
  if (!info) {
    throw programUnsupported(program.path(), "it has no method " + method);
  }
  LanguageModelShape shape;
  if (followsOurs(*info)) {
    shape.chunk = boundedBy(info->inputs[0].shape[1], program.integer("get_max_seq_len"));
    shape.rows =
        boundedBy(std::min(info->inputs[2].shape[0], info->outputs[0].shape[1]), program.integer("get_max_logit_rows"));
    shape.context = std::max<int64_t>(0, program.integer("get_max_context_len").value_or(0));
  } else if (followsUpstreams(*info)) {
    shape.positions = true;
    shape.chunk = boundedBy(info->inputs[0].shape[1], program.integer("get_prefill_chunk_size"));
    shape.rewinds = hasOffGraphCaches(program, method);
    shape.rows = shape.rewinds ? std::min(shape.chunk, kMostRows) : 1; // rejected drafts are a rewind, too
    shape.context = std::max<int64_t>(0, program.integer("get_max_ctx_len").value_or(0));
  } else {
    throw programUnsupported(program.path(), method + " is not a language model's (tokens int64[1,S], position int64[1], " +
                                                 "keep int64[K]) → logits[1,K,V] or (tokens int64[1,S], positions " +
                                                 "int64[S]) → logits[1,S,V]");
  }
  shape.vocabulary = info->outputs[0].shape[2];
  shape.logits = logitType(info->outputs[0].dtype);
  return shape;
}

LogitRow Logits::row(int64_t index) const {
  const int64_t bytes = vocabulary * (type == LogitType::F32 ? 4 : 2);
  return {data + index * bytes, type, vocabulary};
}

LanguageModel::LanguageModel(Program& program, const std::string& method)
    : program_(program), shape_(languageModelShape(program, method)), method_(program.method(method)),
      tokens_(static_cast<size_t>(shape_.chunk)), keep_(static_cast<size_t>(shape_.rows)),
      positions_(static_cast<size_t>(shape_.positions ? shape_.chunk : 1)) {}

Error LanguageModel::setInputs(size_t tokens, int64_t position, int64_t rows) {
  const auto count = static_cast<int64_t>(tokens);
  tokensShape_[1] = static_cast<int32_t>(count);
  positionShape_[0] = shape_.positions ? static_cast<int32_t>(count) : 1;
  keepShape_[0] = static_cast<int32_t>(rows);
  std::iota(positions_.begin(), positions_.begin() + positionShape_[0], position);
  std::iota(keep_.begin(), keep_.begin() + rows, count - rows);
  Error error = setTensor(method_, 0, ScalarType::Long, tokensShape_, tokens_.data());
  if (error == Error::Ok) {
    error = setTensor(method_, 1, ScalarType::Long, positionShape_, positions_.data());
  }
  if (error == Error::Ok && !shape_.positions) {
    error = setTensor(method_, 2, ScalarType::Long, keepShape_, keep_.data());
  }
  return error;
}

Logits LanguageModel::forward(const Lane* lane, std::span<const int32_t> tokens, int64_t position, int64_t rows) {
  std::copy(tokens.begin(), tokens.end(), tokens_.begin());
  takeRuntimeLog();
  if (const Error error = setInputs(tokens.size(), position, rows); error != Error::Ok) {
    throw inferenceFailed(takeFailureReason(error));
  }
  program_.execute(method_, lane);
  const auto& logits = method_.get_output(0).toTensor();
  const int64_t given = shape_.positions ? static_cast<int64_t>(tokens.size()) : rows;
  if (logits.numel() != given * shape_.vocabulary) {
    throw inferenceFailed("the logits have an unexpected shape");
  }
  const auto skipped = static_cast<size_t>((given - rows) * shape_.vocabulary) *
                       (shape_.logits == LogitType::F32 ? 4 : 2);
  return {static_cast<const std::byte*>(logits.const_data_ptr()) + skipped, shape_.logits, rows, shape_.vocabulary};
}

} // namespace pteron
