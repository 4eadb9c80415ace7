#include "compile.h"

#include "deferred_dequantize.h"
#include "failure.h"
#include "node_evaluator.h"
#include "refusal.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace pteron::mlx {

namespace {

constexpr int kNever = -1, kForever = std::numeric_limits<int>::max();
constexpr int64_t kMostHops = 1'000'000'000; // a second's worth; real models need a thousandth
constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

struct Version {
  uint32_t slot;
  uint32_t parent = kNone;
  int defined = kNever; // step, or kNever for what was there before
  int lastRead = kNever;
};

// The kernels' handler, or libmlx's where they have none or refuse the node.
Handler handlerOf(const Node& node) {
  const Handler& handler = handlers()[static_cast<size_t>(node.kind)];
  if (handler.run && !(handler.refuse && handler.refuse(node))) return handler;
  return {evaluateNode, Effect::Fresh, refuseEvaluation};
}

const char* reasonAgainst(const Node& node) {
  if (node.kind == NodeKind::If) return nullptr; // compilesIfs
  const Handler handler = handlerOf(node);
  return handler.refuse ? handler.refuse(node) : nullptr;
}

class Compiler {
public:
  Compiler(Graph& graph, bool isMain) : graph_(graph), isMain_(isMain), current_(graph.tensors()) {
    for (uint32_t slot = 0; slot < graph.tensors(); ++slot) {
      current_[slot] = slot;
      versions_.push_back({slot});
    }
  }

  CompiledChain run(Chain& chain) {
    planIfs(chain);
    for (const auto& node : chain) {
      if (node->kind == NodeKind::If)
        addIf(static_cast<IfNode&>(*node));
      else
        addStep(*node);
    }
    keepResults();
    for (size_t i = 0; i < result_.steps.size(); ++i)
      if (result_.steps[i].effect == Effect::Update) planUpdate(static_cast<int>(i));
    deferDequantization(result_, [this](uint32_t version) {
      const uint32_t root = rootOf(version);
      return root < graph_.tensors() && (graph_.space(root) == Space::Mutable || graph_.space(root) == Space::Constant);
    });
    planLifetimes();
    result_.versions = static_cast<uint32_t>(versions_.size());
    return std::move(result_);
  }

private:
  // By If: the slots that are read behind it, before the nodes' slots become versions.
  void planIfs(const Chain& chain) {
    std::vector<bool> live(graph_.tensors());
    for (const IoSlot& slot : graph_.outputMap)
      if (slot.isTensor) live[slot.idx] = true;
    for (uint32_t slot = 0; slot < graph_.tensors(); ++slot)
      if (graph_.space(slot) == Space::Mutable) live[slot] = true;
    const auto note = [&](const Node& node, bool certain) {
      const auto ignore = [](Vid&, Access) {};
      Node& seen = const_cast<Node&>(node); // only looked at
      if (certain)
        visitSlots(seen, [&](Tid& tid, Access access) { if (access == Access::Write) live[tid.idx] = false; }, ignore);
      visitSlots(seen, [&](Tid& tid, Access access) { if (access == Access::Read) live[tid.idx] = true; }, ignore);
    };
    for (auto node = chain.rbegin(); node != chain.rend(); ++node) {
      if ((*node)->kind == NodeKind::If) {
        const auto& choice = static_cast<const IfNode&>(**node);
        readBehind_[node->get()] = live;
        for (const uint32_t branch : {choice.thenChainIdx, choice.elseChainIdx})
          for (const auto& each : graph_.chains[branch]) note(*each, false);
      } else
        note(**node, true);
    }
  }

  void addIf(IfNode& node) {
    Step choose{};
    choose.node = &node, choose.effect = Effect::Value, choose.source = choose.out = kNone;
    choose.branch.decision = result_.decisions;
    result_.steps.push_back(std::move(choose));
    const std::vector<uint32_t> before = current_;
    const std::vector<uint32_t> then = addBranch(node.thenChainIdx, true);
    current_ = before;
    const std::vector<uint32_t> otherwise = addBranch(node.elseChainIdx, false);
    current_ = before;
    for (uint32_t slot = 0; slot < current_.size(); ++slot)
      if ((then[slot] != before[slot] || otherwise[slot] != before[slot]) && readBehind_.at(&node)[slot])
        join(slot, then[slot], otherwise[slot]);
    branch_ = {};
    ++result_.decisions;
  }

  std::vector<uint32_t> addBranch(uint32_t chain, bool then) {
    branch_ = {result_.decisions, then};
    refuseUnsupported(graph_.chains[chain], reasonAgainst);
    for (const auto& node : graph_.chains[chain]) addStep(*node);
    return current_;
  }

  // One version for what either branch leaves in a slot: copied, for they may be views of different tensors.
  void join(uint32_t slot, uint32_t then, uint32_t otherwise) {
    const Space space = graph_.space(slot);
    const auto isUnset = [&](uint32_t version) {
      return versions_[version].defined == kNever && (space == Space::Temp || space == Space::Output);
    };
    if (isUnset(then) || isUnset(otherwise)) return; // and whoever reads it is refused
    const auto joined = static_cast<uint32_t>(versions_.size());
    versions_.push_back({slot, kNone, static_cast<int>(result_.steps.size()), static_cast<int>(result_.steps.size())});
    for (const auto& [version, taken] : {std::pair{then, true}, {otherwise, false}}) {
      auto copy = std::make_unique<IdCopyNode>();
      copy->x.idx = version, copy->out.idx = joined;
      versions_[version].lastRead = static_cast<int>(result_.steps.size());
      versions_[joined].lastRead = static_cast<int>(result_.steps.size());
      result_.steps.push_back(
          {handlerOf(*copy).run, copy.get(), Effect::View, version, joined, false, true, {}, {result_.decisions, taken}});
      result_.joins.push_back(std::move(copy));
    }
    current_[slot] = joined;
  }

  void addStep(Node& node) {
    const Handler handler = handlerOf(node);
    Step step{handler.run, &node, handler.effect, kNone, kNone, false, false, {}, branch_};
    const int index = static_cast<int>(result_.steps.size());
    visitSlots(
        node,
        [&](Tid& tid, Access access) { access == Access::Read ? read(tid, step, index) : write(tid, step, index); },
        [](Vid&, Access) {});
    result_.steps.push_back(std::move(step));
  }

  void read(Tid& tid, Step& step, int index) {
    const Space space = graph_.space(tid.idx);
    const uint32_t version = current_[tid.idx];
    if (versions_[version].defined == kNever && (space == Space::Temp || space == Space::Output))
      throw Failure(Error::InvalidProgram,
                    std::string(nodeName(step.node->kind)) + " reads a tensor that nothing has written");
    tid.idx = version;
    versions_[version].lastRead = index;
    if (step.source == kNone) step.source = version;
  }

  void write(Tid& tid, Step& step, int index) {
    const uint32_t slot = tid.idx;
    const Space space = graph_.space(slot);
    if (space == Space::Input || (isMain_ && space == Space::Constant))
      throw Failure(Error::InvalidProgram, std::string(nodeName(step.node->kind)) + " writes an input or a constant");
    const bool aliases = step.effect == Effect::View || step.effect == Effect::Update;
    versions_.push_back({slot, aliases ? step.source : kNone, index, index});
    tid.idx = current_[slot] = static_cast<uint32_t>(versions_.size()) - 1;
    if (step.out == kNone) step.out = tid.idx;
  }

  // Outputs and changed state are read at the end.
  void keepResults() {
    for (const IoSlot& slot : graph_.outputMap) {
      const uint32_t version = slot.isTensor ? current_[slot.idx] : kNone;
      if (slot.isTensor && isMain_) {
        const Space space = graph_.space(slot.idx);
        if (versions_[version].defined == kNever && (space == Space::Temp || space == Space::Output))
          throw Failure(Error::InvalidProgram, "an output is never written");
        versions_[version].lastRead = kForever;
      }
      result_.outputs.push_back(version);
    }
    for (uint32_t slot = 0; slot < graph_.tensors(); ++slot) {
      const Space kept = isMain_ ? Space::Mutable : Space::Constant;
      if (graph_.space(slot) != kept || current_[slot] == slot) continue;
      versions_[current_[slot]].lastRead = kForever;
      result_.commits.push_back({current_[slot], slot});
      detachFromOtherState(current_[slot], slot);
    }
  }

  // State that becomes a view of other state must be copied before that changes.
  void detachFromOtherState(uint32_t version, uint32_t slot) {
    const uint32_t root = rootOf(version);
    if (root >= graph_.tensors() || root == slot || graph_.space(root) != Space::Mutable) return;
    materialize(version);
  }

  uint32_t rootOf(uint32_t version) const {
    while (versions_[version].parent != kNone) {
      version = versions_[version].parent;
      if (++hops_ > kMostHops) throw Failure(Error::InvalidProgram, "the graph is too entangled");
    }
    return version;
  }

  bool descends(uint32_t version, uint32_t ancestor) const {
    for (; version != kNone; version = versions_[version].parent)
      if (version == ancestor) return true;
    return false;
  }

  void materialize(uint32_t version) {
    if (versions_[version].defined == kNever) return;
    Step& step = result_.steps[static_cast<size_t>(versions_[version].defined)];
    if (step.effect != Effect::View) return;
    step.materialize = true;
    versions_[version].parent = kNone;
  }

  // Decides whether the update at `index` may change dst's memory: nobody else may still want the old content.
  void planUpdate(int index) {
    Step& step = result_.steps[static_cast<size_t>(index)];
    const uint32_t root = rootOf(step.source);
    const bool isState = root < graph_.tensors();
    if (isState) {
      if (graph_.space(root) != Space::Mutable) return detach(step);
      if (!descends(current_[root], step.out)) return detach(step); // the old content stays the state
    }
    std::vector<uint32_t> stale;
    for (uint32_t version = 0; version < step.out; ++version) {
      // The update itself may read the memory that it changes, too.
      const bool needed = versions_[version].lastRead >= index + (version == step.source);
      if (!needed || rootOf(version) != root) continue;
      const int defined = versions_[version].defined;
      if (defined == kNever || result_.steps[static_cast<size_t>(defined)].effect != Effect::View) return detach(step);
      stale.push_back(version);
    }
    for (uint32_t version : stale) materialize(version);
    step.inPlace = true;
  }

  void detach(Step& step) { versions_[step.out].parent = kNone; }

  void planLifetimes() {
    std::vector<int> life(versions_.size());
    for (size_t i = 0; i < versions_.size(); ++i) life[i] = versions_[i].lastRead;
    for (size_t i = versions_.size(); i-- > 0;)
      if (versions_[i].parent != kNone) life[versions_[i].parent] = std::max(life[versions_[i].parent], life[i]);
    for (uint32_t i = graph_.tensors(); i < versions_.size(); ++i)
      if (life[i] != kForever) result_.steps[static_cast<size_t>(life[i])].released.push_back(i);
    planOutputs();
  }

  // An output that one node computes into memory of its own, renamed or seen as another float type at most, can be
  // computed right in the caller's memory.
  void planOutputs() {
    result_.directOutputs.assign(versions_.size(), -1);
    for (size_t i = 0; i < result_.outputs.size() && isMain_; ++i) {
      uint32_t version = result_.outputs[i];
      if (version == kNone || versions_[version].defined == kNever ||
          graph_.space(versions_[version].slot) != Space::Output)
        continue;
      while (versions_[version].parent != kNone && keepsShape(stepOf(version))) version = versions_[version].parent;
      if (versions_[version].defined != kNever && stepOf(version).effect == Effect::Fresh)
        result_.directOutputs[version] = static_cast<int>(i);
    }
  }

  const Step& stepOf(uint32_t version) const { return result_.steps[static_cast<size_t>(versions_[version].defined)]; }

  static bool keepsShape(const Step& step) {
    return step.node->kind == NodeKind::AsType || step.node->kind == NodeKind::IdCopy;
  }

  Graph& graph_;
  bool isMain_;
  std::vector<uint32_t> current_; // slot → version
  std::vector<Version> versions_;
  mutable int64_t hops_ = 0;
  Branch branch_;
  std::map<const Node*, std::vector<bool>> readBehind_;
  CompiledChain result_;
};

bool hasIf(const Chain& chain) {
  return std::any_of(chain.begin(), chain.end(), [](const auto& node) { return node->kind == NodeKind::If; });
}

} // namespace

CompiledChain compileChain(Graph& graph, Chain& chain, bool isMain) {
  refuseUnsupported(chain, reasonAgainst);
  if (hasIf(chain) && !compilesIfs(graph)) throw Failure(Error::InvalidProgram, "an If's branches are not chains of its own");
  return Compiler(graph, isMain).run(chain);
}

bool compilesIfs(const Graph& graph) {
  std::set<uint32_t> branches{graph.mainChain};
  if (graph.initChain >= 0) branches.insert(static_cast<uint32_t>(graph.initChain));
  for (const Chain& chain : graph.chains)
    for (const auto& node : chain) {
      if (node->kind != NodeKind::If) continue;
      const auto& choice = static_cast<const IfNode&>(*node);
      for (const uint32_t branch : {choice.thenChainIdx, choice.elseChainIdx})
        if (branch >= graph.chains.size() || hasIf(graph.chains[branch]) || !branches.insert(branch).second) return false;
    }
  return true;
}

} // namespace pteron::mlx
