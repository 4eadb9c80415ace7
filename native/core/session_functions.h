// The MLX delegate's session functions (see mlx/sessions.h), found where this process's delegate has them: our delegate
// is part of the addon; the official library exports them, but no header declares them, so it is asked by name at run
// time. A library without them still runs programs, with one lane each.
#pragma once

#include <cstdint>
#include <optional>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/result.h>

namespace pteron {

struct SessionFunctions {
  int (*createContext)();
  void (*destroyContext)(int context);
  void (*beginLoad)(int context);
  void (*endLoad)();
  bool (*available)(int context);
  int64_t (*bytesPerSession)(int context);
  executorch::runtime::Error (*validateCoverage)(int context);
  executorch::runtime::Result<int> (*createSession)(int context);
  void (*destroySession)(int context, int session);
  void (*setActive)(int context, int session);
};

// All ten from a library opened by dlopen; nothing where one is missing.
std::optional<SessionFunctions> findSessionFunctions(void* library);

// Those of this process's delegate, looked up once; null where there are none, or where PTERON_LANES=one asks for none.
const SessionFunctions* sessionFunctions();

} // namespace pteron
