#include "core/language_model_shape.h"

#include <algorithm>
#include <limits>

#include "core/errors.h"
#include "core/saved_slots.h"

namespace pteron {
namespace {

constexpr int64_t kMostRows = 16;         // as in our own programs
constexpr int64_t kMostSlots = 1024;
constexpr int64_t kMostTokens = 64 * 1024; // a call, whatever a file declares: buffers are made for them
constexpr int64_t kMostFeatureValues = int64_t{1} << 26;

bool isFloat(ScalarType dtype) {
  return dtype == ScalarType::Float || dtype == ScalarType::Half || dtype == ScalarType::BFloat16;
}

bool isIndices(const TensorInfo& info, size_t rank) {
  return info.kind == TensorInfo::Kind::Tensor && info.dtype == ScalarType::Long && info.shape.size() == rank &&
         std::all_of(info.shape.begin(), info.shape.end(), [](int32_t extent) { return extent > 0; });
}

bool isTokens(const MethodInfo& info) {
  return !info.inputs.empty() && isIndices(info.inputs[0], 2) && info.inputs[0].shape[0] == 1;
}

// [1,R,V], or [1,V] for one row.
bool isLogits(const TensorInfo& info) {
  const auto& shape = info.shape;
  return info.kind == TensorInfo::Kind::Tensor && isFloat(info.dtype) && (shape.size() == 2 || shape.size() == 3) &&
         shape[0] == 1 && std::all_of(shape.begin(), shape.end(), [](int32_t extent) { return extent > 0; });
}

int64_t logitRows(const TensorInfo& info) { return info.shape.size() == 3 ? info.shape[1] : 1; }

bool areGiven(const MethodInfo& info, size_t from) {
  return std::all_of(info.inputs.begin() + static_cast<ptrdiff_t>(from), info.inputs.end(), [](const TensorInfo& input) {
    return input.kind == TensorInfo::Kind::Tensor && isFloat(input.dtype);
  });
}

LogitType logitType(ScalarType dtype) {
  switch (dtype) {
  case ScalarType::Half: return LogitType::F16;
  case ScalarType::BFloat16: return LogitType::BF16;
  default: return LogitType::F32;
  }
}

bool namesSlots(const MethodInfo& info) {
  return info.inputs.size() == 4 && isIndices(info.inputs[3], 1) && info.inputs[3].shape[0] == 2;
}

bool takesFeatures(const MethodInfo& info) {
  const auto& inputs = info.inputs;
  if (inputs.size() < 5 || inputs[3].kind != TensorInfo::Kind::Tensor || inputs[4].kind != TensorInfo::Kind::Tensor) {
    return false;
  }
  const auto &features = inputs[3].shape, &tokens = inputs[0].shape;
  return inputs[3].dtype == ScalarType::Float && features.size() == 3 && features[0] == 1 && features[1] == tokens[1] &&
         features[2] > 0 && inputs[4].dtype == ScalarType::Bool && inputs[4].shape == tokens && areGiven(info, 5);
}

bool followsPteron(const MethodInfo& info) {
  const auto& inputs = info.inputs;
  return (inputs.size() == 3 || namesSlots(info) || takesFeatures(info)) && isIndices(inputs[1], 1) && inputs[1].shape[0] == 1 && isIndices(inputs[2], 1) &&
         info.outputs[0].shape.size() == 3;
}

// Positions for `positions` tokens, further float inputs at most, and logits of all rows or of the last.
bool followsForeign(const MethodInfo& info, int32_t positions) {
  const auto& inputs = info.inputs;
  const int64_t rows = logitRows(info.outputs[0]);
  return inputs.size() >= 2 && isIndices(inputs[1], 1) && inputs[1].shape[0] == positions && areGiven(info, 2) &&
         (rows == 1 || rows == inputs[0].shape[1]);
}

int64_t boundedBy(int64_t bound, std::optional<int64_t> stated) {
  return stated && *stated > 0 ? std::min(bound, *stated) : bound;
}

// What the method's graphs reveal of its caches.
struct Caches {
  bool known = false;    // a delegate that describes its graphs holds them
  bool offGraph = false; // outside the graph: any position is within reach
  bool ring = false;     // slots are taken modulo the cache's length
  // Positions are counted from the entries of a cache that are not 0 (as transformers 5 makes ExecuTorch's exporters do),
  // so that only an empty cache begins anew.
  bool counted = false;
  int64_t shortest = std::numeric_limits<int64_t>::max(); // slots of the shortest cache
};

Caches cachesOf(const Program& program, const std::string& method) {
  Caches caches;
  for (const GraphSummary& graph : program.graphs()) {
    if (graph.method != method) {
      continue;
    }
    const auto has = [&](const char* node) { return graph.nodeCounts.count(node) > 0; };
    const bool holds = !graph.state.empty();
    caches.offGraph |= !graph.cacheLayers.empty();
    caches.known |= holds || !graph.cacheLayers.empty();
    caches.ring |= holds && has("ModIntNode");
    caches.counted |= holds && has("NotEqualNode") && has("SumNode");
    for (const auto& buffer : graph.state) {
      if (buffer.shape.size() == 4) { // [batch, heads, slots, head size]
        caches.shortest = std::min(caches.shortest, buffer.shape[2]);
      }
    }
  }
  return caches;
}

Rewind rewindOf(const Caches& caches) {
  if (caches.offGraph) {
    return Rewind::Anywhere;
  }
  if (!caches.known || caches.counted) {
    return Rewind::Nowhere;
  }
  return caches.ring ? Rewind::OneChunk : Rewind::Anywhere;
}

int64_t contextOf(const Program& program, const Caches& caches) {
  int64_t context = 0;
  for (const char* name : {"get_max_ctx_len", "get_max_context_len", "get_max_seq_len"}) {
    if (context <= 0) {
      context = program.integer(name).value_or(0);
    }
  }
  // A ring is shorter than the context on purpose; but one that positions are counted from is right only until it is full.
  const bool bounds = caches.shortest != std::numeric_limits<int64_t>::max() && (!caches.ring || caches.counted);
  return std::max<int64_t>(0, bounds && (context <= 0 || caches.shortest < context) ? caches.shortest : context);
}

LanguageModelShape shapeOfOurs(const Program& program, const MethodInfo& info) {
  LanguageModelShape shape;
  shape.chunk = boundedBy(info.inputs[0].shape[1], program.integer("get_max_seq_len"));
  shape.rows =
      boundedBy(std::min(info.inputs[2].shape[0], info.outputs[0].shape[1]), program.integer("get_max_logit_rows"));
  shape.context = std::max<int64_t>(0, program.integer("get_max_context_len").value_or(0));
  if (takesFeatures(info)) {
    shape.featureWidth = info.inputs[3].shape[2];
    shape.givenFrom = 5;
    shape.given.assign(info.inputs.begin() + 5, info.inputs.end());
    if (shape.featureWidth > kMostFeatureValues / std::max<int64_t>(1, shape.chunk)) {
      throw signatureUnsupported(program.path(), info.name, "its features are wider than any model's");
    }
  }
  if (namesSlots(info)) {
    shape.rewind = Rewind::Saved;
    shape.slots = program.integer("get_state_slots").value_or(0);
    if (shape.slots < SavedSlots::kFewest || shape.slots > kMostSlots) {
      throw signatureUnsupported(program.path(), info.name,
                                 "it takes slots of recurrent state, but get_state_slots does not say how many of " +
                                     std::to_string(SavedSlots::kFewest) + " to " + std::to_string(kMostSlots));
    }
  }
  return shape;
}

LanguageModelShape shapeOfForeign(const Program& program, const MethodInfo& info, Contract contract) {
  const Caches caches = cachesOf(program, info.name);
  LanguageModelShape shape;
  shape.contract = contract;
  shape.context = contextOf(program, caches);
  shape.chunk = boundedBy(info.inputs[0].shape[1], program.integer("get_prefill_chunk_size"));
  shape.chunk = boundedBy(shape.chunk, shape.context);
  shape.lastRowOnly = logitRows(info.outputs[0]) < info.inputs[0].shape[1];
  shape.rewind = rewindOf(caches);
  // A rejected draft is a rewind, too.
  shape.rows = shape.lastRowOnly || shape.rewind == Rewind::Nowhere ? 1 : std::min(shape.chunk, kMostRows);
  shape.given.assign(info.inputs.begin() + 2, info.inputs.end());
  return shape;
}

std::string whyNot(const MethodInfo& info) {
  if (!isTokens(info)) {
    return "its first input is not tokens int64[1,S]";
  }
  if (info.outputs.size() != 1 || !isLogits(info.outputs[0])) {
    return "its output is not logits[1,S,V] or [1,V]";
  }
  return info.inputs.size() == 1 ? "it takes no position, so it was exported without a KV cache"
                                 : "its inputs behind the tokens are no position, start or positions that are known here";
}

} // namespace

const char* contractName(Contract contract) {
  switch (contract) {
  case Contract::Pteron: return "pteron";
  case Contract::Positions: return "positions";
  default: return "start";
  }
}

const char* rewindName(Rewind rewind) {
  switch (rewind) {
  case Rewind::Anywhere: return "anywhere";
  case Rewind::Saved: return "saved";
  case Rewind::OneChunk: return "oneChunk";
  default: return "nowhere";
  }
}

LanguageModelShape languageModelShape(const Program& program, const std::string& method) {
  const MethodInfo* info = findMethod(program.methods(), method);
  if (!info) {
    throw programUnsupported(program.path(), "it has no method " + method);
  }
  if (!isTokens(*info) || info->outputs.size() != 1 || !isLogits(info->outputs[0])) {
    throw signatureUnsupported(program.path(), method, whyNot(*info));
  }
  LanguageModelShape shape;
  if (followsPteron(*info)) {
    shape = shapeOfOurs(program, *info);
  } else if (followsForeign(*info, info->inputs[0].shape[1])) {
    shape = shapeOfForeign(program, *info, Contract::Positions);
  } else if (followsForeign(*info, 1)) {
    shape = shapeOfForeign(program, *info, Contract::Start);
  } else {
    throw signatureUnsupported(program.path(), method, whyNot(*info));
  }
  shape.chunk = std::min(shape.chunk, kMostTokens);
  shape.rows = std::min(shape.rows, shape.chunk);
  shape.vocabulary = info->outputs[0].shape.back();
  shape.logits = logitType(info->outputs[0].dtype);
  return shape;
}

} // namespace pteron
