// Names all nodes of a chain that cannot be executed, before anything runs.
#pragma once

#include "failure.h"
#include "graph.h"

#include <functional>
#include <set>

namespace pteron::mlx {

// Null: executable; "": a kind that is not supported; else why this node is not. Throws Failure where any is not null.
inline void refuseUnsupported(const Chain& chain, const std::function<const char*(const Node&)>& reason) {
  std::set<std::string> refusals;
  for (const auto& node : chain)
    if (const char* why = reason(*node))
      refusals.insert(*why ? std::string(nodeName(node->kind)) + " (" + why + ")" : std::string(nodeName(node->kind)));
  if (refusals.empty()) return;
  std::string list;
  for (const std::string& each : refusals) list += (list.empty() ? "" : ", ") + each;
  throw Failure(Error::DelegateInvalidCompatibility, (refusals.size() == 1 ? "node " : "nodes ") + list +
                                                         (refusals.size() == 1 ? " is" : " are") +
                                                         " not supported by this MLX delegate");
}

} // namespace pteron::mlx
