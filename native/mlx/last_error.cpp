#include "last_error.h"

#include <utility>

namespace pteron::mlx {

namespace {
thread_local std::string lastError;
}

void setLastError(std::string reason) { lastError = std::move(reason); }

std::string takeLastError() { return std::exchange(lastError, {}); }

} // namespace pteron::mlx
