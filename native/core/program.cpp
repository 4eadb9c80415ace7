#include "core/program.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "core/inputs.h"
#include "core/log.h"
#include "core/official_graphs.h"

#ifdef PTERON_OWN_DELEGATE
#include "mlx/graph_info.h"
#include "mlx/state.h"
#endif

namespace pteron {
namespace {

using executorch::runtime::Error;
using executorch::runtime::Method;

constexpr const char* kMlx = "MLXBackend";

bool usesMlx(const MethodInfo& method) {
  return std::find(method.delegates.begin(), method.delegates.end(), kMlx) != method.delegates.end();
}

} // namespace

Program::Program(const LoadRequest& request) : request_(request), module_(openModule(request)) {
  try {
    readMethods();
  } catch (const RuntimeAbort& abort) {
    throw programInvalid(request_.path, abort.what());
  }
}

void Program::readMethods() {
  methods_ = describeMethods(*module_->program(), request_.path);
  checkBackends(request_, methods_);
  checkMemory(request_, methods_, 0);
#ifdef PTERON_OFFICIAL_DELEGATE
  graphs_ = readGraphs(request_.path);
  checkCaches(request_.path, graphs_);
#endif
  readConstants();
  loadMethods();
}

void Program::readConstants() {
  for (const MethodInfo& info : methods_) {
    if (info.isConstant()) {
      loadMethod(*module_, request_, info.name, /*perLane=*/false);
      provideOutputs(info);
      Method& loaded = method(info.name);
      execute(loaded, nullptr);
      const auto& output = loaded.get_output(0);
      if (output.isTensor() || output.isInt() || output.isDouble() || output.isBool()) {
        if (auto value = constantOf(copyOutput(output))) {
          constants_.emplace(info.name, std::move(*value));
        }
      }
      module_->unload_method(info.name);
    }
  }
}

void Program::loadMethods() {
#ifdef PTERON_OWN_DELEGATE
  mlx::GraphInfoCollector collector;
#endif
  for (const MethodInfo& info : methods_) {
    if (!info.isConstant() && !usesMlx(info)) {
      loadMethod(*module_, request_, info.name, /*perLane=*/false);
    }
  }
  loadInLanes();
  used_.clear(); // by the constants' methods, which are gone
  std::for_each(methods_.begin(), methods_.end(), [this](const MethodInfo& info) { provideOutputs(info); });
#ifdef PTERON_OWN_DELEGATE
  graphs_ = std::move(collector.graphs);
#endif
}

// What upstream's exporter says about caches that its graphs do not hold.
void Program::describeCaches() {
#ifdef PTERON_OWN_DELEGATE
  mlx::CacheLayout layout;
  if (const auto context = integer("get_max_ctx_len"); context && *context > 0) {
    layout.capacity = std::min(*context, mlx::CacheLayout::kMostPositions);
  }
  if (const auto windows = constants_.find("get_windows"); windows != constants_.end()) {
    if (const auto* list = std::get_if<std::vector<double>>(&windows->second)) {
      for (const double window : *list) {
        layout.windows.push_back(window > 0 && window < 1e9 ? static_cast<int64_t>(window) : 0);
      }
    }
  }
  if (request_.cacheDtype) {
    layout.storage = static_cast<int8_t>(*request_.cacheDtype);
  }
  mlx::describeCaches(state_.context(), std::move(layout));
#endif
}

// The delegate's methods, each in the load scope; outside of it where lanes are impossible, which may turn out only then.
void Program::loadInLanes() {
  describeCaches();
  std::vector<const MethodInfo*> delegated;
  for (const MethodInfo& info : methods_) {
    if (usesMlx(info)) {
      delegated.push_back(&info);
    }
  }
  if (state_.supported()) {
    for (const MethodInfo* info : delegated) {
      state_.loading([&] { loadMethod(*module_, request_, info->name, /*perLane=*/true); });
    }
    hasLanes_ = !delegated.empty() && state_.available();
  }
  if (hasLanes_) {
    checkMemory(request_, methods_, stateBytes());
    return;
  }
  for (const MethodInfo* info : delegated) {
    loadOnce(*info);
  }
}

// Of a lane with the context that is asked for.
uint64_t Program::stateBytes() const {
  const auto bytes = static_cast<uint64_t>(state_.bytesPerLane());
  const int64_t whole = integer("get_max_context_len").value_or(0);
  if (!request_.contextLength || *request_.contextLength >= whole || !stateGrowsWithUse()) {
    return bytes;
  }
  const double share = static_cast<double>(*request_.contextLength) / static_cast<double>(whole);
  return static_cast<uint64_t>(static_cast<double>(bytes) * share);
}

void Program::loadOnce(const MethodInfo& info) {
  if (module_->is_method_loaded(info.name)) {
    module_->unload_method(info.name);
  }
  loadMethod(*module_, request_, info.name, /*perLane=*/false);
}

bool Program::renewState(const std::string& name) {
  if (used_.erase(&method(name)) == 0) {
    return false;
  }
  const MethodInfo& info = *findMethod(methods_, name);
  loadOnce(info);
  provideOutputs(info);
  return true;
}

void Program::provideOutputs(const MethodInfo& info) {
  if (!module_->is_method_loaded(info.name)) {
    return;
  }
  auto& buffers = outputs_[info.name];
  buffers.clear();
  for (size_t i = 0; i < info.outputs.size(); ++i) {
    const TensorInfo& output = info.outputs[i];
    if (output.kind == TensorInfo::Kind::Tensor && !output.planned && output.bytes > 0) {
      auto& buffer = buffers.emplace_back(output.bytes);
      // Refused for an output that is an input or a constant: it then has memory of its own.
      (void)method(info.name).set_output_data_ptr(buffer.data(), buffer.size(), i);
      takeRuntimeLog();
    }
  }
}

std::optional<int64_t> Program::integer(const std::string& name) const {
  const auto found = constants_.find(name);
  if (found == constants_.end() || !std::holds_alternative<double>(found->second)) {
    return std::nullopt;
  }
  const double value = std::get<double>(found->second);
  return std::abs(value) < 1e15 ? std::optional(static_cast<int64_t>(value)) : std::nullopt;
}

std::vector<HostTensor> Program::run(const std::string& name, std::vector<HostTensor>& inputs) {
  const MethodInfo* info = findMethod(methods_, name);
  if (!module_->is_method_loaded(name)) { // a constant, unloaded after it was read
    loadMethod(*module_, request_, name, /*perLane=*/false);
    provideOutputs(*info);
  }
  if (hasLanes_ && !runLane_) {
    runLane_ = newLane();
  }
  Method& loaded = method(name);
  setInputs(loaded, *info, inputs);
  execute(loaded, runLane_.get());
  std::vector<HostTensor> outputs;
  for (size_t i = 0; i < loaded.outputs_size(); ++i) {
    outputs.push_back(copyOutput(loaded.get_output(i)));
  }
  return outputs;
}

std::unique_ptr<Lane> Program::newLane() const { return hasLanes_ ? std::make_unique<Lane>(state_) : nullptr; }

void Program::acquireSession() {
  if (sessions_.fetch_add(1) > 0 && !hasLanes_) {
    sessions_.fetch_sub(1);
    throw programUnsupported(path(), state_.supported()
                                         ? "it keeps its state outside the MLX delegate, so it serves one session at a time"
                                         : "this MLX delegate gives a program one state, so it serves one session at a time");
  }
}

void Program::releaseSession() { sessions_.fetch_sub(1); }

void Program::execute(Method& method, const Lane* lane) {
  takeRuntimeLog();
  if (lane == nullptr && !hasLanes_) {
    used_.insert(&method);
  }
  Lane::Active active(lane);
  try {
    if (const Error error = method.execute(); error != Error::Ok) {
      throw inferenceFailed(takeFailureReason(error));
    }
  } catch (const RuntimeAbort& abort) {
    throw inferenceFailed(abort.what());
  }
}

} // namespace pteron
