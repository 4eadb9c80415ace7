// What our sessions can beyond those of the official library (sessions.h): be copied, saved and restored. None of them may
// be executing meanwhile.
#pragma once

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/result.h>

#include <iosfwd>

namespace pteron::mlx {

// A new session of the context with the same content. InvalidArgument where there is no such session.
::executorch::runtime::Result<int> forkSession(int context, int session);

// The stream fails where it cannot be written.
::executorch::runtime::Error saveSession(int context, int session, std::ostream& file);

// Into a new session. InvalidExternalData where the content is not one of this context's sessions; the session is then to be
// destroyed.
::executorch::runtime::Error restoreSession(int context, int session, std::istream& file);

} // namespace pteron::mlx
