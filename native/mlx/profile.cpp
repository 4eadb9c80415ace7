#include "profile.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace pteron::mlx {

std::unique_ptr<Profile> Profile::create() {
  const char* wanted = std::getenv("PTERON_MLX_PROFILE");
  return wanted && *wanted && *wanted != '0' ? std::make_unique<Profile>() : nullptr;
}

Profile::~Profile() {
  print("calls of one row", tables_[1]);
  print("calls of several rows", tables_[0]);
}

void Profile::beginCall(bool singleRow) {
  current_ = &tables_[singleRow];
  begin_ = last_ = Clock::now();
}

void Profile::record(NodeKind kind) {
  const auto now = Clock::now();
  Entry& entry = current_->nodes[static_cast<size_t>(kind)];
  ++entry.count;
  entry.nanoseconds += std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_).count();
  last_ = now;
}

void Profile::endCall() {
  ++current_->calls.count;
  current_->calls.nanoseconds += std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin_).count();
}

void Profile::print(const char* title, const Table& table) {
  if (table.calls.count == 0) return;
  const double calls = static_cast<double>(table.calls.count);
  std::fprintf(stderr, "MLX delegate, %s: %lld, %.3f ms each\n", title, static_cast<long long>(table.calls.count),
               static_cast<double>(table.calls.nanoseconds) / calls / 1e6);
  std::vector<size_t> kinds;
  for (size_t kind = 0; kind < table.nodes.size(); ++kind)
    if (table.nodes[kind].count) kinds.push_back(kind);
  std::sort(kinds.begin(), kinds.end(),
            [&](size_t a, size_t b) { return table.nodes[a].nanoseconds > table.nodes[b].nanoseconds; });
  for (size_t kind : kinds)
    std::fprintf(stderr, "  %-22s %6.0f a call %9.3f ms\n", nodeName(static_cast<NodeKind>(kind)),
                 static_cast<double>(table.nodes[kind].count) / calls,
                 static_cast<double>(table.nodes[kind].nanoseconds) / calls / 1e6);
}

} // namespace pteron::mlx
