#include "executor.h"

#include "copy.h"
#include "failure.h"
#include "integer_math.h"
#include "runtime_tensor.h"

#include <cstdlib>
#include <string_view>

namespace pteron::mlx {

namespace {

// Frame's OutputMemory over the span of output values.
void* outputMemory(void* context, int output, DType memory, const Shape& shape) {
  EValue& value = *(*static_cast<Span<EValue*>*>(context))[static_cast<size_t>(output)];
  if (!value.isTensor() || static_cast<DType>(value.toTensor().scalar_type()) != memory) return nullptr;
  resize(value.toTensor(), shape);
  return value.toTensor().mutable_data_ptr();
}

void beginUpdate(Frame& frame, const Step& step) {
  const Tensor source = frame.at(Tid{step.source});
  if (step.inPlace)
    frame.view(Tid{step.out}, source);
  else
    copyTensor(source, frame.fresh(Tid{step.out}, source.type, source.memory, source.shape));
}

void copyView(Frame& frame, const Step& step) {
  const Tensor view = frame.at(Tid{step.out});
  copyTensor(view, frame.fresh(Tid{step.out}, view.type, view.memory, view.shape));
}

// An export is compared with its reference without the noise of int8 activations.
bool wantsExactActivations() {
  const char* wanted = std::getenv("PTERON_CPU_ACTIVATIONS");
  return wanted && std::string_view(wanted) == "exact";
}

void runStep(Frame& frame, const Step& step) {
  if (step.effect == Effect::Update) beginUpdate(frame, step);
  step.run(frame, *step.node);
  if (step.materialize) copyView(frame, step);
  frame.endNode();
}

} // namespace

Executor::Executor(Graph graph, const ::executorch::runtime::NamedDataMap* data, cpu::ThreadPool& pool)
    : graph_(std::move(graph)), constants_(graph_, data), layout_(layoutState(graph_)),
      state_(static_cast<int64_t>(layout_.bytes), [this] { return std::make_shared<HostState>(layout_); }),
      profile_(Profile::create()) {
  if (graph_.initChain >= 0) runInitChain(pool);
  main_ = compileChain(graph_, graph_.chains[graph_.mainChain], true);
  frame_ = std::make_unique<Frame>(pool, main_.versions, graph_.values);
  frame_->deferred = &main_.deferred;
  frame_->roundActivations = graph_.declaresHalf();
  frame_->exactActivations = wantsExactActivations();
  bindConstants(*frame_);
}

void Executor::runInitChain(cpu::ThreadPool& pool) {
  if (static_cast<uint32_t>(graph_.initChain) == graph_.mainChain)
    throw Failure(Error::InvalidProgram, "the init chain is the main chain");
  const CompiledChain init = compileChain(graph_, graph_.chains[static_cast<size_t>(graph_.initChain)], false);
  Frame frame(pool, init.versions, graph_.values);
  bindConstants(frame);
  runSteps(frame, init);
  for (const Commit& commit : init.commits) constants_.replace(commit.slot, frame.at(Tid{commit.version}));
}

void Executor::bindConstants(Frame& frame) const {
  frame.constants = graph_.constants;
  for (uint32_t slot = 0; slot < graph_.constants; ++slot) frame.at(Tid{slot}) = constants_.at(slot);
}

void Executor::bindInputs(Span<EValue*> arguments) {
  for (size_t i = 0; i < graph_.inputMap.size(); ++i) {
    const IoSlot slot = graph_.inputMap[i];
    const EValue& value = *arguments[i];
    if (slot.isTensor && value.isTensor())
      frame_->at(Tid{slot.idx}) = fromEt(value.toTensor());
    else if (!slot.isTensor && value.isInt())
      frame_->set(Vid{slot.idx}, value.toInt());
    else if (!slot.isTensor && value.isDouble())
      frame_->at(Vid{slot.idx}) = {wholeNumber(value.toDouble()), value.toDouble()};
    else if (!slot.isTensor && value.isBool())
      frame_->set(Vid{slot.idx}, value.toBool());
    else
      throw Failure(Error::InvalidArgument, "input " + std::to_string(i) + " is not of the declared kind");
  }
}

void Executor::bindState(const HostState& state) {
  for (size_t i = 0; i < graph_.mutableMap.size(); ++i) {
    const uint32_t slot = graph_.mutableMap[i];
    Shape shape;
    for (int64_t size : graph_.meta[slot].shape) shape.push(size);
    frame_->at(Tid{slot}) = denseTensor(state.buffer(i), graph_.meta[slot].type, graph_.meta[slot].type, shape);
  }
}

void Executor::execute(Span<EValue*> arguments) {
  const std::lock_guard lock(mutex_);
  if (arguments.size() != graph_.inputMap.size() + graph_.outputMap.size())
    throw Failure(Error::InvalidArgument, "the call has " + std::to_string(arguments.size()) +
                                              " arguments instead of " +
                                              std::to_string(graph_.inputMap.size() + graph_.outputMap.size()));
  Span<EValue*> outputs(arguments.data() + graph_.inputMap.size(), graph_.outputMap.size());
  const auto state = std::static_pointer_cast<HostState>(state_.active());
  bindInputs(arguments);
  bindState(*state);
  frame_->caches = &state->caches;
  frame_->cacheLayout = state_.caches();
  frame_->outputMemory = outputMemory;
  frame_->outputContext = &outputs;
  frame_->directOutputs = &main_.directOutputs;
  if (profile_)
    profile_->beginCall(graph_.inputMap.empty() || !graph_.inputMap[0].isTensor ||
                        frame_->at(Tid{graph_.inputMap[0].idx}).count() == 1);
  runSteps(*frame_, main_);
  deliverOutputs(outputs);
  commitState(*state);
  frame_->releaseAll();
  if (profile_) profile_->endCall();
}

void Executor::runSteps(Frame& frame, const CompiledChain& chain) {
  size_t index = 0;
  try {
    std::vector<bool> taken(static_cast<size_t>(chain.decisions)); // by If: whether its condition holds
    for (const Step& step : chain.steps) {
      const auto decision = static_cast<size_t>(step.branch.decision);
      if (step.node->kind == NodeKind::If)
        taken[decision] = frame.integer(static_cast<const IfNode&>(*step.node).cond) != 0;
      else if (step.branch.decision < 0 || taken[decision] == step.branch.then)
        runStep(frame, step);
      for (uint32_t version : step.released) frame.release(version);
      if (profile_ && &chain == &main_) profile_->record(step.node->kind);
      ++index;
    }
  } catch (const std::exception& error) {
    frame.endNode();
    frame.releaseAll();
    const auto* failure = dynamic_cast<const Failure*>(&error);
    throw Failure(failure ? failure->code : Error::Internal, "node " + std::to_string(index) + " (" +
                                                                 nodeName(chain.steps[index].node->kind) +
                                                                 "): " + error.what());
  }
}

void Executor::deliverOutputs(Span<EValue*> outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!graph_.outputMap[i].isTensor) {
      *outputs[i] = EValue(frame_->at(Vid{graph_.outputMap[i].idx}).integer);
      continue;
    }
    const Tensor& value = frame_->at(Tid{main_.outputs[i]});
    if (!outputs[i]->isTensor())
      throw Failure(Error::InvalidArgument, "output " + std::to_string(i) + " is not a tensor");
    EtTensor& target = outputs[i]->toTensor();
    if (target.const_data_ptr() == value.data) continue; // written in place, already resized
    resize(target, value.shape);
    copyTensor(value, fromEt(target));
  }
}

void Executor::commitState(const HostState& state) {
  for (const Commit& commit : main_.commits) {
    const Tensor& value = frame_->at(Tid{commit.version});
    const Tensor& buffer = frame_->at(Tid{commit.slot});
    if (value.data == buffer.data && value.shape == buffer.shape && value.dense()) continue; // updated in place
    if (!(value.shape == buffer.shape))
      throw Failure(Error::InvalidProgram,
                    "new state of shape " + value.shape.text() + " for a buffer of " + buffer.shape.text());
    const bool own = value.data >= state.buffer(0) && value.data < static_cast<char*>(state.buffer(0)) + layout_.bytes;
    copyTensor(own ? frame_->denseCopy(value) : value, buffer);
    frame_->endNode();
  }
}

} // namespace pteron::mlx
