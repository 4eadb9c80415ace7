// Several sets of a program's mutable buffers (KV caches) over one copy of its weights, by the delegate's session
// functions. Where the program keeps its state outside the delegate, or the delegate has no such functions, there is one
// lane only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/session_functions.h"

namespace pteron {

// Of one program; all calls on its worker thread.
class MutableState {
public:
  MutableState();
  ~MutableState();
  MutableState(const MutableState&) = delete;
  MutableState& operator=(const MutableState&) = delete;

  // Whether the delegate has session functions at all; the others below, but available(), need them.
  bool supported() const { return functions_ != nullptr; }
  // Runs a load_method inside the context's load scope.
  void loading(const std::function<void()>& load);
  // Whether lanes can be made: asked once all methods are loaded.
  bool available() const;
  int64_t bytesPerLane() const;
  int context() const { return context_; }
  const SessionFunctions* functions() const { return functions_; }

private:
  const SessionFunctions* functions_;
  int context_;
};

// Whether a KV cache takes memory as it fills (our CPU delegate) rather than all at once (a GPU's arrays).
bool stateGrowsWithUse();

// One set of buffers, zeroed. Throws out_of_memory.
class Lane {
public:
  explicit Lane(const MutableState& state);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // While one lives, executions on this thread use the lane; a null lane stands for the program's only state.
  class Active {
  public:
    explicit Active(const Lane* lane);
    ~Active();
    Active(const Active&) = delete;
    Active& operator=(const Active&) = delete;

  private:
    const SessionFunctions* functions_;
  };

private:
  const SessionFunctions* functions_;
  int context_;
  int session_ = -1;
};

} // namespace pteron
