// ExecuTorch's log and its fatal errors, kept away from the process's streams.
#pragma once

#include <stdexcept>
#include <string>

#include <executorch/runtime/core/error.h>

namespace pteron {

// What the runtime's fatal checks become: the library would otherwise end the whole process.
class RuntimeAbort : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// Routes the runtime's log into a short list a thread, and its aborts into RuntimeAbort. Once a process.
void installRuntimeHooks();

// The errors that the runtime logged on this thread since the last call, oldest first, joined by "; "; "" if none.
std::string takeRuntimeLog();

// Why a call into the runtime failed, for a message: the delegate's reason where it gave one, else what the runtime
// logged, else the error's name. Clears both.
std::string takeFailureReason(executorch::runtime::Error error);

} // namespace pteron
