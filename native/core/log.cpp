#include "core/log.h"

#include <deque>
#include <mutex>

#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

#ifdef PTERON_OWN_DELEGATE
#include "mlx/last_error.h"
#endif

namespace pteron {
namespace {

constexpr size_t kKeptMessages = 6;
constexpr size_t kKeptLength = 300;
thread_local std::deque<std::string> recent;

void keepMessage(et_timestamp_t, et_pal_log_level_t level, const char*, const char*, size_t, const char* message,
                 size_t length) {
  if (level != kError && level != kFatal) {
    return;
  }
  if (recent.size() == kKeptMessages) {
    recent.pop_front();
  }
  recent.emplace_back(message, std::min(length, kKeptLength));
}

// Thrown through the runtime's frames: they are abandoned as they stand, so whoever catches this drops the method.
[[noreturn]] void throwInsteadOfAborting() { throw RuntimeAbort(takeRuntimeLog()); }

} // namespace

void installRuntimeHooks() {
  static std::once_flag once;
  std::call_once(once, [] {
    using executorch::runtime::PalImpl;
    executorch::runtime::register_pal(PalImpl::create(
        /*init=*/nullptr, throwInsteadOfAborting, /*current_ticks=*/nullptr, /*ticks_to_ns_multiplier=*/nullptr,
        keepMessage, /*allocate=*/nullptr, /*free=*/nullptr, "pteron"));
    executorch::runtime::runtime_init();
  });
}

std::string takeRuntimeLog() {
  std::string joined;
  for (const std::string& message : recent) {
    joined += (joined.empty() ? "" : "; ") + message;
  }
  recent.clear();
  return joined;
}

std::string takeFailureReason(executorch::runtime::Error error) {
  const std::string log = takeRuntimeLog();
#ifdef PTERON_OWN_DELEGATE
  if (std::string reason = mlx::takeLastError(); !reason.empty()) {
    return reason;
  }
#endif
  return log.empty() ? executorch::runtime::to_string(error) : log;
}

} // namespace pteron
