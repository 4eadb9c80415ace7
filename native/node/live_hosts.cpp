#include "node/live_hosts.h"

#include <cstdlib>
#include <mutex>
#include <unordered_set>

#include "node/program_host.h"

namespace pteron {
namespace {

// Never destroyed, so that it can be used whatever else has ended already.
std::recursive_mutex& mutex() {
  static auto* instance = new std::recursive_mutex;
  return *instance;
}

std::unordered_set<ProgramHost*>& hosts() {
  static auto* instance = new std::unordered_set<ProgramHost*>;
  return *instance;
}

void abandonAll() {
  std::lock_guard lock(mutex());
  for (ProgramHost* host : hosts()) {
    host->abandon();
  }
}

} // namespace

void LiveHosts::add(ProgramHost* host) {
  // Registered after the libraries' own handlers, so it runs before them.
  static std::once_flag once;
  std::call_once(once, [] { std::atexit(abandonAll); });
  std::lock_guard lock(mutex());
  hosts().insert(host);
}

void LiveHosts::remove(ProgramHost* host) {
  std::lock_guard lock(mutex());
  hosts().erase(host);
}

} // namespace pteron
