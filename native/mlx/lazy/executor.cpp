#include "executor.h"

#include "../failure.h"
#include "../refusal.h"
#include "../runtime_tensor.h"
#include "device_copy.h"
#include "dtypes.h"
#include "handlers.h"

#include <mlx/ops.h>
#include <mlx/transforms.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace pteron::mlx::lazy {

namespace {

constexpr int kMostDepth = 8; // chains within chains
// Evaluating every so many bytes keeps the peak of one long graph (an audio encoder, a long prefill) down.
constexpr size_t kMostPendingBytes = size_t{1} << 30;
constexpr size_t kMostPendingNodes = 16384; // a scan of many steps: every array not evaluated takes host memory
constexpr size_t kMostPreparedBytes = 4096; // of inputs: calls with more are rare, or no decoding
constexpr size_t kUploadBytes = size_t{256} << 20;

const char* reasonAgainst(const Node& node) {
  const Handler& handler = handlers()[static_cast<size_t>(node.kind)];
  if (!handler.run) return "";
  return handler.refuse ? handler.refuse(node) : nullptr;
}

// False for what libmlx computes in the operand's memory: views, and updates of state.
bool allocates(NodeKind kind) {
  switch (kind) {
  case NodeKind::SliceUpdate:
  case NodeKind::IndexCopy:
  case NodeKind::Slice:
  case NodeKind::IdCopy:
  case NodeKind::Reshape:
  case NodeKind::Transpose:
  case NodeKind::ExpandDims:
  case NodeKind::Squeeze:
  case NodeKind::BroadcastTo: return false;
  default: return true;
  }
}

int64_t stateBytesOf(const Graph& graph) {
  int64_t bytes = 0;
  for (uint32_t slot : graph.mutableMap) {
    Shape shape;
    for (int64_t size : graph.meta[slot].shape) shape.push(size);
    bytes += shape.count() * static_cast<int64_t>(byteSize(graph.meta[slot].type));
  }
  return bytes;
}

} // namespace

Executor::Executor(Graph graph, const ::executorch::runtime::NamedDataMap* data, mx::Device device)
    : graph_(std::move(graph)),
      state_(stateBytesOf(graph_), [this] { return std::make_shared<ArrayState>(graph_, frame_.stream()); }),
      frame_(mx::new_thread_unsafe_stream(device), graph_.tensors(), graph_.values) {
  for (const Chain& chain : graph_.chains) refuseUnsupported(chain, reasonAgainst);
  frame_.runChain = [this](uint32_t chain) { runChain(chain); };
  bindConstants(data, device);
  planWrites();
  if (graph_.initChain >= 0) runInitChain();
  steps_ = fuse(graph_, frame_);
  canPrepare_ =
      std::all_of(graph_.outputMap.begin(), graph_.outputMap.end(), [](const IoSlot& slot) { return slot.isTensor; });
  planReleases();
}

void Executor::bindConstants(const ::executorch::runtime::NamedDataMap* data, mx::Device device) {
  mapped_ = std::make_unique<Constants>(graph_, data);
  const bool onGpu = device == mx::Device::gpu;
  std::vector<mx::array> batch;
  size_t bytes = 0;
  for (uint32_t slot = 0; slot < graph_.constants; ++slot) {
    const Tensor& constant = mapped_->at(slot);
    batch.emplace_back(constant.data, toMlx(constant.shape), toMlx(constant.memory), [](void*) {});
    bytes += batch.back().nbytes();
    if (onGpu && bytes < kUploadBytes && slot + 1 < graph_.constants) continue;
    if (onGpu) batch = uploaded(batch, frame_.stream());
    const auto first = slot + 1 - static_cast<uint32_t>(batch.size());
    for (uint32_t i = 0; i < batch.size(); ++i) frame_.set(Tid{first + i}, batch[i]);
    batch.clear();
    bytes = 0;
  }
  if (onGpu) mapped_.reset();
}

void Executor::runInitChain() {
  if (static_cast<uint32_t>(graph_.initChain) == graph_.mainChain)
    throw Failure(Error::InvalidProgram, "the init chain is the main chain");
  runChain(static_cast<uint32_t>(graph_.initChain));
  std::vector<mx::array> constants;
  for (uint32_t slot = 0; slot < graph_.constants; ++slot) constants.push_back(frame_(Tid{slot}));
  mx::eval(constants);
  clearFrame();
}

void Executor::planWrites() {
  for (const Chain& chain : graph_.chains)
    for (const auto& node : chain) {
      std::vector<Tid>& written = written_[node.get()];
      const auto note = [&](Tid& tid, Access access) {
        if (access == Access::Write) written.push_back(tid);
      };
      visitSlots(*node, note, [](Vid&, Access) {});
    }
}

// A temporary that only the main chain knows can go after its last reader; libmlx can then reuse its memory.
void Executor::planReleases() {
  Chain& main = graph_.chains[graph_.mainChain];
  std::vector<bool> shared(graph_.tensors());
  const auto ignore = [](Vid&, Access) {};
  for (size_t i = 0; i < graph_.chains.size(); ++i)
    for (const auto& node : graph_.chains[i])
      if (i != graph_.mainChain) visitSlots(*node, [&](Tid& tid, Access) { shared[tid.idx] = true; }, ignore);
  std::vector<size_t> last(graph_.tensors(), SIZE_MAX);
  for (size_t i = 0; i < main.size(); ++i) visitSlots(*main[i], [&](Tid& tid, Access) { last[tid.idx] = i; }, ignore);
  for (const IoSlot& slot : graph_.outputMap)
    if (slot.isTensor) shared[slot.idx] = true;
  released_.resize(main.size());
  for (uint32_t slot = 0; slot < graph_.tensors(); ++slot)
    if (graph_.space(slot) == Space::Temp && !shared[slot] && last[slot] != SIZE_MAX)
      released_[last[slot]].push_back(Tid{slot});
}

// A lane that decodes is called alike again and again, so while the device computes, the next call is built.
void Executor::execute(Span<EValue*> arguments) {
  const std::lock_guard lock(mutex_);
  const size_t inputs = graph_.inputMap.size(), outputs = graph_.outputMap.size();
  if (arguments.size() != inputs + outputs)
    throw Failure(Error::InvalidArgument, "the call has " + std::to_string(arguments.size()) +
                                              " arguments instead of " + std::to_string(inputs + outputs));
  const Span<EValue*> outputValues(arguments.data() + inputs, outputs);
  const auto state = std::static_pointer_cast<ArrayState>(state_.active());
  try {
    const Inputs* before = state->last ? &*state->last : nullptr;
    Inputs given = Inputs::of(graph_, {arguments.data(), inputs}, before, frame_.stream());
    Call call = callFor(given, outputValues, *state);
    std::vector<mx::array> all = call.results;
    all.insert(all.end(), call.buffers.begin(), call.buffers.end());
    for (mx::array& each : state->caches.arrays()) all.push_back(std::move(each));
    mx::async_eval(std::move(all));
    state->keep(std::move(call.buffers));
    prepareNext(given, outputValues, *state);
    state->last = std::move(given);
    deliver(call.results, outputValues);
  } catch (...) {
    clearFrame();
    state->forget();
    throw;
  }
}

Call Executor::callFor(const Inputs& given, Span<EValue*> outputs, ArrayState& state) {
  std::unique_ptr<PreparedCall> prepared = std::move(state.next);
  if (!prepared || !prepared->inputs.alike(given) || !prepared->inputs.standFor(given, prepared->readOnHost))
    return build(given, outputs, state.take(), state);
  prepared->inputs.fill(given);
  state.take(); // the call's are then the only references
  return std::move(prepared->call);
}

Call Executor::build(const Inputs& inputs, Span<EValue*> outputs, std::vector<mx::array> buffers, ArrayState& state) {
  inputs.bind(graph_, frame_);
  for (size_t i = 0; i < buffers.size(); ++i) frame_.set(Tid{graph_.mutableMap[i]}, std::move(buffers[i]));
  buffers.clear();
  frame_.caches = &state.caches;
  frame_.cacheLayout = state_.caches();
  frame_.waited = false;
  frame_.readOnHost.clear();
  runChain(graph_.mainChain);
  Call call{results(outputs), {}};
  for (uint32_t slot : graph_.mutableMap) call.buffers.push_back(frame_(Tid{slot}));
  clearFrame();
  return call;
}

void Executor::prepareNext(const Inputs& given, Span<EValue*> outputs, ArrayState& state) {
  if (!canPrepare_ || !state.last || !given.alike(*state.last) || given.newBytes(*state.last) > kMostPreparedBytes) return;
  Inputs expected = given.extrapolated(*state.last);
  try {
    Call call = build(expected, outputs, state.arrays(), state);
    canPrepare_ = !frame_.waited;
    if (canPrepare_)
      state.next =
          std::make_unique<PreparedCall>(PreparedCall{std::move(call), std::move(expected), frame_.readOnHost});
  } catch (const std::exception&) { // past the context's end, say: the call itself reports it, if it comes
    clearFrame();
  }
}

void Executor::runChain(uint32_t chain) {
  if (chain >= graph_.chains.size()) throw Failure(Error::InvalidProgram, "a chain is named that does not exist");
  if (depth_ >= kMostDepth) throw Failure(Error::InvalidProgram, "chains call each other too deeply");
  struct Depth {
    int& value;
    explicit Depth(int& depth) : value(depth) { ++value; }
    ~Depth() { --value; }
  } depth(depth_);
  const Chain& nodes = graph_.chains[chain];
  const bool planned = chain == graph_.mainChain && !steps_.empty(); // the init chain runs before that
  for (size_t i = 0; i < nodes.size(); ++i) {
    runNode(*nodes[i], i, planned ? &steps_[i] : nullptr);
    if (!planned) continue;
    for (Tid tid : released_[i]) frame_.clear(tid);
  }
}

void Executor::runNode(const Node& node, size_t index, const FusedStep* fused) {
  const auto failed = [&](Error code, const char* what) {
    return Failure(code, "node " + std::to_string(index) + " (" + nodeName(node.kind) + "): " + what);
  };
  try {
    if (fused && *fused)
      (*fused)(frame_);
    else
      handlers()[static_cast<size_t>(node.kind)].run(frame_, node);
  } catch (const Failure& failure) {
    throw failed(failure.code, failure.what());
  } catch (const std::exception& error) {
    throw failed(Error::InvalidArgument, error.what());
  }
  evaluatePending(node);
}

void Executor::evaluatePending(const Node& node) {
  ++pendingNodes_;
  if (allocates(node.kind))
    for (Tid tid : written_.at(&node))
      if (frame_.has(tid)) pendingBytes_ += frame_(tid).nbytes();
  if (pendingBytes_ < kMostPendingBytes && pendingNodes_ < kMostPendingNodes) return;
  mx::eval(frame_.unevaluated());
  pendingBytes_ = pendingNodes_ = 0;
}

std::vector<mx::array> Executor::results(Span<EValue*> outputs) const {
  std::vector<mx::array> arrays;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const IoSlot slot = graph_.outputMap[i];
    if (!slot.isTensor) {
      *outputs[i] = EValue(frame_.integer(Vid{slot.idx}));
      continue;
    }
    if (!outputs[i]->isTensor())
      throw Failure(Error::InvalidArgument, "output " + std::to_string(i) + " is not a tensor");
    const mx::Dtype type = toMlx(static_cast<DType>(outputs[i]->toTensor().scalar_type()));
    arrays.push_back(mx::contiguous(mx::astype(frame_(Tid{slot.idx}), type, frame_.stream()), false, frame_.stream()));
  }
  return arrays;
}

void Executor::deliver(const std::vector<mx::array>& results, Span<EValue*> outputs) const {
  size_t next = 0;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!graph_.outputMap[i].isTensor) continue;
    mx::array value = results[next++];
    value.wait();
    Shape shape;
    for (int size : value.shape()) shape.push(size);
    EtTensor& target = outputs[i]->toTensor();
    resize(target, shape);
    if (value.nbytes() > 0) std::memcpy(target.mutable_data_ptr(), value.data<char>(), value.nbytes());
  }
}

void Executor::clearFrame() {
  for (uint32_t slot = graph_.constants; slot < graph_.tensors(); ++slot) frame_.clear(Tid{slot});
  pendingBytes_ = pendingNodes_ = 0;
}

} // namespace pteron::mlx::lazy
