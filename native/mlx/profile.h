// Where a graph's time goes, by node kind: with PTERON_MLX_PROFILE=1 in the environment, printed to stderr when the
// program is unloaded, separately for calls of one token and of more.
#pragma once

#include "mlx_nodes.h"

#include <array>
#include <chrono>
#include <memory>

namespace pteron::mlx {

class Profile {
public:
  // Null where profiling is off.
  static std::unique_ptr<Profile> create();
  ~Profile();

  void beginCall(bool singleRow);
  void record(NodeKind kind);
  void endCall();

private:
  struct Entry {
    int64_t count = 0, nanoseconds = 0;
  };
  struct Table {
    std::array<Entry, kNodeKinds> nodes;
    Entry calls;
  };
  using Clock = std::chrono::steady_clock;

  static void print(const char* title, const Table& table);

  Table tables_[2];
  Table* current_ = tables_;
  Clock::time_point begin_, last_;
};

} // namespace pteron::mlx
