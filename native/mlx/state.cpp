#include "state.h"

#include "failure.h"
#include "session_registry.h"
#include "sessions.h"

#include <algorithm>

namespace pteron::mlx {

namespace {

constexpr int kNone = -1;

thread_local int loadScope = kNone;
thread_local int activeContext = kNone, activeSession = kNone;

} // namespace

Registry& registry() {
  static Registry instance;
  return instance;
}

StateOwner::StateOwner(int64_t bytes, std::function<std::shared_ptr<State>()> create)
    : bytes_(bytes), create_(std::move(create)), context_(loadScope) {
  const std::lock_guard lock(registry().mutex);
  const auto context = registry().contexts.find(context_);
  if (context != registry().contexts.end()) context->second.owners.push_back(this);
}

StateOwner::~StateOwner() {
  const std::lock_guard lock(registry().mutex);
  const auto context = registry().contexts.find(context_);
  if (context == registry().contexts.end()) return;
  std::erase(context->second.owners, this);
  for (auto& [id, session] : context->second.sessions) session.erase(this);
}

std::shared_ptr<State> StateOwner::active() {
  {
    const std::lock_guard lock(registry().mutex);
    const auto context = registry().contexts.find(context_);
    if (context != registry().contexts.end() && !context->second.sessions.empty()) {
      const auto session =
          activeContext == context_ ? context->second.sessions.find(activeSession) : context->second.sessions.end();
      if (session == context->second.sessions.end())
        throw Failure(Error::InvalidState, "the program has sessions, but none of them is active on this thread");
      std::shared_ptr<State>& state = session->second[this];
      if (!state) state = create_();
      return state;
    }
  }
  const std::lock_guard lock(mutex_);
  if (!own_) own_ = create_();
  return own_;
}

std::shared_ptr<const CacheLayout> StateOwner::caches() const {
  const std::lock_guard lock(registry().mutex);
  const auto context = registry().contexts.find(context_);
  return context == registry().contexts.end() ? std::make_shared<CacheLayout>() : context->second.caches;
}

void describeCaches(int context, CacheLayout layout) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().contexts.find(context);
  if (found != registry().contexts.end()) found->second.caches = std::make_shared<CacheLayout>(std::move(layout));
}

} // namespace pteron::mlx

namespace executorch::backends::mlx::detail {

using ::executorch::runtime::Error;
using ::executorch::runtime::Result;
using pteron::mlx::registry;

int mutable_state_create_context() {
  const std::lock_guard lock(registry().mutex);
  const int context = registry().nextContext++;
  registry().contexts[context];
  return context;
}

void mutable_state_destroy_context(int context) {
  const std::lock_guard lock(registry().mutex);
  registry().contexts.erase(context);
}

void mutable_state_begin_load(int context) { pteron::mlx::loadScope = context; }

void mutable_state_end_load() { pteron::mlx::loadScope = pteron::mlx::kNone; }

bool mutable_state_available(int context) {
  const std::lock_guard lock(registry().mutex);
  return registry().contexts.count(context) != 0;
}

int64_t mutable_state_bytes_per_session(int context) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().contexts.find(context);
  int64_t bytes = 0;
  if (found != registry().contexts.end())
    for (const auto* owner : found->second.owners) bytes += owner->bytes();
  return bytes;
}

Error mutable_state_validate_coverage(int context) {
  return mutable_state_available(context) ? Error::Ok : Error::InvalidArgument;
}

Result<int> mutable_state_create_session(int context) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().contexts.find(context);
  if (found == registry().contexts.end()) return Error::InvalidArgument;
  const int session = registry().nextSession++;
  found->second.sessions[session];
  return session;
}

void mutable_state_destroy_session(int context, int session) {
  pteron::mlx::Session retired; // freed outside the lock
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().contexts.find(context);
  if (found == registry().contexts.end()) return;
  const auto entry = found->second.sessions.find(session);
  if (entry == found->second.sessions.end()) return;
  retired = std::move(entry->second);
  found->second.sessions.erase(entry);
}

void mutable_state_set_active(int context, int session) {
  pteron::mlx::activeContext = context;
  pteron::mlx::activeSession = session;
}

} // namespace executorch::backends::mlx::detail
