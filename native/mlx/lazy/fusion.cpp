#include "fusion.h"

#include "fused_activation.h"

#include <mlx/ops.h>
#include <mlx/transforms.h>

#include <algorithm>
#include <map>
#include <memory>

namespace pteron::mlx::lazy {

namespace {

// Where slots of the main chain are read and written.
struct Uses {
  explicit Uses(const Graph& graph) : reads(graph.tensors()), writes(graph.tensors()), elsewhere(graph.tensors()) {
    const auto ignore = [](Vid&, Access) {};
    for (size_t c = 0; c < graph.chains.size(); ++c)
      for (size_t i = 0; i < graph.chains[c].size(); ++i) {
        const auto note = [&](Tid& tid, Access access) {
          if (c != graph.mainChain)
            elsewhere[tid.idx] = true;
          else
            (access == Access::Write ? writes : reads)[tid.idx].push_back(i);
        };
        visitSlots(*graph.chains[c][i], note, ignore);
      }
    for (const IoSlot& slot : graph.outputMap)
      if (slot.isTensor) elsewhere[slot.idx] = true;
  }
  // Tells the values of a slot apart that node `i` and others read.
  size_t version(uint32_t slot, size_t i) const {
    return static_cast<size_t>(std::lower_bound(writes[slot].begin(), writes[slot].end(), i) - writes[slot].begin());
  }
  // The first write after node `i`, or SIZE_MAX.
  size_t nextWrite(uint32_t slot, size_t i) const {
    for (size_t write : writes[slot])
      if (write > i) return write;
    return SIZE_MAX;
  }
  std::vector<std::vector<size_t>> reads, writes;
  std::vector<bool> elsewhere; // in other chains, or an output
};

// Projections of the same activations: one product with their weights joined by rows.
struct Projections {
  mx::array w, scales;
  std::optional<mx::array> biases;
  mx::Shape ends; // of all but the last, in rows
  std::vector<std::optional<mx::array>> parts;
};

using Members = std::vector<size_t>;

const QuantizedMatmulNode& projection(const Chain& chain, size_t i) {
  return static_cast<const QuantizedMatmulNode&>(*chain[i]);
}

bool canJoin(const Graph& graph, const Uses& uses, const Frame& frame, const QuantizedMatmulNode& node) {
  const auto own = [&](Tid tid) {
    return graph.space(tid.idx) == Space::Constant && uses.reads[tid.idx].size() == 1 && !uses.elsewhere[tid.idx] &&
           frame(tid).ndim() == 2;
  };
  return node.transpose && own(node.w) && own(node.scales) && (!node.biases || own(*node.biases));
}

bool joins(const Frame& frame, const QuantizedMatmulNode& a, const QuantizedMatmulNode& b) {
  const auto fits = [&](Tid one, Tid other) {
    return frame(one).shape(1) == frame(other).shape(1) && frame(one).dtype() == frame(other).dtype();
  };
  return a.bits == b.bits && a.groupSize == b.groupSize && a.mode == b.mode && fits(a.w, b.w) &&
         fits(a.scales, b.scales) && a.biases.has_value() == b.biases.has_value() &&
         (!a.biases || fits(*a.biases, *b.biases));
}

// Groups by activations: the slot, and which of its values.
std::vector<Members> sameActivations(const Graph& graph, const Uses& uses, const Frame& frame) {
  const Chain& chain = graph.chains[graph.mainChain];
  std::map<std::pair<uint32_t, size_t>, std::vector<Members>> byActivations;
  for (size_t i = 0; i < chain.size(); ++i) {
    if (chain[i]->kind != NodeKind::QuantizedMatmul) continue;
    const QuantizedMatmulNode& node = projection(chain, i);
    if (!canJoin(graph, uses, frame, node) || uses.elsewhere[node.x.idx]) continue;
    std::vector<Members>& groups = byActivations[{node.x.idx, uses.version(node.x.idx, i)}];
    if (groups.empty() || !joins(frame, projection(chain, groups.back().front()), node)) groups.emplace_back();
    groups.back().push_back(i);
  }
  std::vector<Members> joined;
  for (auto& [activations, groups] : byActivations)
    for (Members& group : groups)
      if (group.size() > 1) joined.push_back(std::move(group));
  return joined;
}

mx::array join(const std::vector<Tid>& slots, Frame& frame) {
  std::vector<mx::array> rows;
  for (Tid tid : slots) rows.push_back(frame(tid));
  const mx::array joined = mx::concatenate(rows, 0, frame.stream());
  mx::eval(joined);
  for (Tid tid : slots) frame.clear(tid);
  return joined;
}

std::shared_ptr<Projections> joinWeights(const Chain& chain, const Members& members, Frame& frame) {
  std::vector<Tid> w, scales, biases;
  mx::Shape ends;
  for (size_t i : members) {
    const QuantizedMatmulNode& node = projection(chain, i);
    w.push_back(node.w);
    scales.push_back(node.scales);
    if (node.biases) biases.push_back(*node.biases);
    ends.push_back((ends.empty() ? 0 : ends.back()) + frame(node.w).shape(0));
  }
  ends.pop_back();
  std::optional<mx::array> joinedBiases;
  if (!biases.empty()) joinedBiases = join(biases, frame);
  std::vector<std::optional<mx::array>> parts(members.size());
  return std::make_shared<Projections>(
      Projections{join(w, frame), join(scales, frame), joinedBiases, ends, std::move(parts)});
}

void project(Frame& f, const QuantizedMatmulNode& node, Projections& projections) {
  const mx::array product = mx::quantized_matmul(f(node.x), projections.w, projections.scales, projections.biases, true,
                                                 node.groupSize, node.bits, node.mode, f.stream());
  const std::vector<mx::array> parts = mx::split(product, projections.ends, -1, f.stream());
  for (size_t i = 0; i < parts.size(); ++i) projections.parts[i] = parts[i];
}

void fuseProjections(const Graph& graph, const Uses& uses, Frame& frame, std::vector<FusedStep>& steps) {
  const Chain& chain = graph.chains[graph.mainChain];
  for (const Members& members : sameActivations(graph, uses, frame)) {
    const auto projections = joinWeights(chain, members, frame);
    for (size_t part = 0; part < members.size(); ++part)
      steps[members[part]] = [&node = projection(chain, members[part]), projections, part](Frame& f) {
        if (part == 0) project(f, node, *projections);
        f.set(node.out, *std::exchange(projections->parts[part], std::nullopt));
      };
  }
}

// The only reader of what node `i` writes, if that is a product with something else.
const MultiplyNode* factorOf(const Chain& chain, const Uses& uses, size_t i, Tid out, size_t& at) {
  if (uses.elsewhere[out.idx]) return nullptr;
  const size_t end = uses.nextWrite(out.idx, i);
  std::vector<size_t> readers;
  for (size_t reader : uses.reads[out.idx])
    if (reader > i && reader <= end) readers.push_back(reader);
  if (readers.size() != 1 || chain[readers[0]]->kind != NodeKind::Multiply) return nullptr;
  at = readers[0];
  return static_cast<const MultiplyNode*>(chain[at].get());
}

std::optional<Activation> activationOf(const Node& node) {
  if (node.kind == NodeKind::Silu) return Activation::Silu;
  if (node.kind != NodeKind::Gelu) return std::nullopt;
  return static_cast<const GeluNode&>(node).approximate == "tanh" ? Activation::GeluTanh : Activation::Gelu;
}

void fuseActivations(const Graph& graph, const Uses& uses, std::vector<FusedStep>& steps) {
  const Chain& chain = graph.chains[graph.mainChain];
  for (size_t i = 0; i < chain.size(); ++i) {
    const std::optional<Activation> activation = activationOf(*chain[i]);
    if (!activation) continue;
    const bool silu = *activation == Activation::Silu;
    const Tid x = silu ? static_cast<const SiluNode&>(*chain[i]).x : static_cast<const GeluNode&>(*chain[i]).x;
    const Tid out = silu ? static_cast<const SiluNode&>(*chain[i]).out : static_cast<const GeluNode&>(*chain[i]).out;
    size_t at = 0;
    const MultiplyNode* product = factorOf(chain, uses, i, out, at);
    if (!product) continue;
    const Tid factor = product->a.idx == out.idx ? product->b : product->a;
    // Until its reader, the slot holds what goes into the activation.
    steps[i] = [x, out](Frame& f) { f.set(out, f(x)); };
    steps[at] = [kind = *activation, product, out, factor](Frame& f) {
      f.set(product->out, gated(kind, f(out), f(factor), f.stream()));
    };
  }
}

} // namespace

std::vector<FusedStep> fuse(const Graph& graph, Frame& frame) {
  const Uses uses(graph);
  std::vector<FusedStep> steps(graph.chains[graph.mainChain].size());
  fuseProjections(graph, uses, frame, steps);
  fuseActivations(graph, uses, steps);
  return steps;
}

} // namespace pteron::mlx::lazy
