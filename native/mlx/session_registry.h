// The contexts of loaded programs and their sessions, shared by sessions.h and lane_copies.h.
#pragma once

#include "state.h"

#include <map>
#include <mutex>
#include <vector>

namespace pteron::mlx {

// States by graph; one that no call has needed yet is missing.
using Session = std::map<const StateOwner*, std::shared_ptr<State>>;

struct Context {
  std::shared_ptr<const CacheLayout> caches = std::make_shared<CacheLayout>();
  std::vector<const StateOwner*> owners; // in the order of loading
  std::map<int, Session> sessions;
};

// Guards contexts, owners and sessions; never held while a graph executes.
struct Registry {
  std::mutex mutex;
  std::map<int, Context> contexts;
  int nextContext = 1, nextSession = 1;
};

Registry& registry();

} // namespace pteron::mlx
