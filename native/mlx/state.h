// Mutable buffers (KV caches and other state) of the graphs, one set for each session, and the contexts that group them.
#pragma once

#include "cache_layout.h"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <mutex>

namespace pteron::mlx {

// One graph's buffers of one session.
class State {
public:
  virtual ~State() = default;
  // The same content in memory of its own.
  virtual std::shared_ptr<State> copy() const = 0;
  // The content as bytes; restore leaves a stream that failed where they are not this graph's.
  virtual void save(std::ostream& file) const = 0;
  virtual void restore(std::istream& file) = 0;
};

// A graph's membership in the context whose load scope was open when it was loaded, and its state there.
class StateOwner {
public:
  // A state takes that many bytes, and `create` makes an empty one.
  StateOwner(int64_t bytes, std::function<std::shared_ptr<State>()> create);
  ~StateOwner();
  StateOwner(const StateOwner&) = delete;
  StateOwner& operator=(const StateOwner&) = delete;

  // The state to execute with on this thread: the active session's, or the graph's own where its context has no
  // sessions. Throws Failure where a session is needed and none, or another context's, is active.
  std::shared_ptr<State> active();
  // What the program says about caches that its graphs do not hold.
  std::shared_ptr<const CacheLayout> caches() const;
  int64_t bytes() const { return bytes_; }
  std::shared_ptr<State> create() const { return create_(); }

private:
  const int64_t bytes_;
  const std::function<std::shared_ptr<State>()> create_;
  const int context_;
  std::mutex mutex_;
  std::shared_ptr<State> own_; // allocated at first use
};

// To be called before the context's methods execute. The official library has no such function: there, programs with
// off-graph caches are refused.
void describeCaches(int context, CacheLayout layout);

} // namespace pteron::mlx
