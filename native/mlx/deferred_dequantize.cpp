#include "deferred_dequantize.h"

#include <map>

namespace pteron::mlx {

namespace {

void viewWords(Frame& frame, const Node& node) {
  const auto& dequantize = static_cast<const DequantizeNode&>(node);
  frame.view(dequantize.out, frame.at(dequantize.w));
}

struct Uses {
  std::map<uint32_t, size_t> defined; // version → step of its Dequantize node
  std::map<uint32_t, int> reads;      // of such versions
};

Uses usesOf(const CompiledChain& chain) {
  Uses uses;
  for (size_t i = 0; i < chain.steps.size(); ++i) {
    if (chain.steps[i].node->kind == NodeKind::Dequantize) uses.defined[chain.steps[i].out] = i;
    visitSlots(
        *chain.steps[i].node,
        [&](Tid& tid, Access access) {
          if (access == Access::Read && uses.defined.count(tid.idx)) ++uses.reads[tid.idx];
        },
        [](Vid&, Access) {});
  }
  for (uint32_t output : chain.outputs) ++uses.reads[output];
  for (const Commit& commit : chain.commits) ++uses.reads[commit.version];
  return uses;
}

class Deferral {
public:
  Deferral(CompiledChain& chain, const std::function<bool(uint32_t)>& keepsMemory)
      : chain_(chain), keepsMemory_(keepsMemory), uses_(usesOf(chain)) {}

  void run() {
    for (size_t i = 0; i < chain_.steps.size(); ++i) {
      if (chain_.steps[i].node->kind != NodeKind::Sdpa) continue;
      const auto& attention = static_cast<const SdpaNode&>(*chain_.steps[i].node);
      if (!isDeferrable(attention.k, i) || !isDeferrable(attention.v, i)) continue;
      defer(attention.k);
      defer(attention.v);
    }
  }

private:
  bool isDeferrable(Tid tid, size_t reader) const {
    const auto found = uses_.defined.find(tid.idx);
    if (found == uses_.defined.end() || uses_.reads.at(tid.idx) != 1) return false;
    const auto& node = static_cast<const DequantizeNode&>(*chain_.steps[found->second].node);
    if (node.mode != "affine" || !node.biases || node.globalScale) return false;
    if (!keepsMemory_(node.w.idx) || !keepsMemory_(node.scales.idx) || !keepsMemory_(node.biases->idx)) return false;
    for (size_t i = found->second; i < reader; ++i)
      if (chain_.steps[i].effect == Effect::Update) return false; // it may be of these very rows
    return true;
  }

  void defer(Tid tid) {
    Step& step = chain_.steps[uses_.defined.at(tid.idx)];
    const auto& node = static_cast<const DequantizeNode&>(*step.node);
    step.run = viewWords;
    step.effect = Effect::View;
    step.source = node.w.idx;
    chain_.deferred[tid.idx] = &node;
  }

  CompiledChain& chain_;
  const std::function<bool(uint32_t)>& keepsMemory_;
  Uses uses_;
};

} // namespace

void deferDequantization(CompiledChain& chain, const std::function<bool(uint32_t)>& keepsMemory) {
  Deferral(chain, keepsMemory).run();
}

} // namespace pteron::mlx
