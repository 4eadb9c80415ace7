// What loading or executing a graph throws inside the delegate; backend.cpp turns it into ExecuTorch's error code and the
// thread's last error.
#pragma once

#include <executorch/runtime/core/error.h>

#include <stdexcept>
#include <string>

namespace pteron::mlx {

using ::executorch::runtime::Error;

struct Failure : std::runtime_error {
  Failure(Error code, const std::string& reason) : std::runtime_error(reason), code(code) {}
  Error code;
};

inline void expect(bool holds, const char* reason) {
  if (!holds) throw Failure(Error::InvalidArgument, reason);
}

} // namespace pteron::mlx
