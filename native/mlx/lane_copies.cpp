#include "lane_copies.h"

#include "bytes_io.h"
#include "session_registry.h"

#include <istream>
#include <optional>
#include <ostream>

namespace pteron::mlx {

namespace {

using ::executorch::runtime::Error;
using ::executorch::runtime::Result;

// In the order of loading; taken under the lock, used outside of it.
struct Content {
  std::vector<const StateOwner*> owners;
  std::vector<std::shared_ptr<State>> states;
};

std::optional<Content> contentOf(int context, int session) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().contexts.find(context);
  if (found == registry().contexts.end()) return std::nullopt;
  const auto entry = found->second.sessions.find(session);
  if (entry == found->second.sessions.end()) return std::nullopt;
  Content content{found->second.owners, {}};
  for (const StateOwner* owner : content.owners) {
    const auto state = entry->second.find(owner);
    content.states.push_back(state == entry->second.end() ? nullptr : state->second);
  }
  return content;
}

bool keep(int context, int session, const Content& content) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().contexts.find(context);
  if (found == registry().contexts.end()) return false;
  Session& kept = found->second.sessions[session];
  for (size_t i = 0; i < content.owners.size(); ++i)
    if (content.states[i]) kept[content.owners[i]] = content.states[i];
  return true;
}

} // namespace

Result<int> forkSession(int context, int session) {
  std::optional<Content> content = contentOf(context, session);
  if (!content) return Error::InvalidArgument;
  for (std::shared_ptr<State>& state : content->states)
    if (state) state = state->copy();
  int fork = 0;
  {
    const std::lock_guard lock(registry().mutex);
    fork = registry().nextSession++;
  }
  if (!keep(context, fork, *content)) return Error::InvalidArgument;
  return fork;
}

Error saveSession(int context, int session, std::ostream& file) {
  const std::optional<Content> content = contentOf(context, session);
  if (!content) return Error::InvalidArgument;
  put(file, static_cast<int64_t>(content->owners.size()));
  for (size_t i = 0; i < content->owners.size(); ++i) {
    put(file, content->owners[i]->bytes());
    put(file, static_cast<int64_t>(content->states[i] != nullptr));
    if (content->states[i]) content->states[i]->save(file);
  }
  return file ? Error::Ok : Error::AccessFailed;
}

Error restoreSession(int context, int session, std::istream& file) {
  std::optional<Content> content = contentOf(context, session);
  if (!content) return Error::InvalidArgument;
  if (get<int64_t>(file) != static_cast<int64_t>(content->owners.size())) return Error::InvalidExternalData;
  for (size_t i = 0; i < content->owners.size(); ++i) {
    const auto bytes = get<int64_t>(file), present = get<int64_t>(file);
    if (!file || bytes != content->owners[i]->bytes() || (present != 0 && present != 1)) return Error::InvalidExternalData;
    if (!present) continue;
    content->states[i] = content->owners[i]->create();
    content->states[i]->restore(file);
    if (!file) return Error::InvalidExternalData;
  }
  return keep(context, session, *content) ? Error::Ok : Error::InvalidArgument;
}

} // namespace pteron::mlx
