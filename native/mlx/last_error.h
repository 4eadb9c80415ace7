// Why the last load or execute of the delegate failed on this thread. ExecuTorch's Error says only what class of failure
// it was; the addon puts this text into the message that the user reads.
#pragma once

#include <string>

namespace pteron::mlx {

void setLastError(std::string reason);

// Returns the reason and clears it; empty where nothing failed since the last call.
std::string takeLastError();

} // namespace pteron::mlx
