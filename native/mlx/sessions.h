// The delegate's session functions: several KV lanes over one copy of a program's weights.
//
// The official MLX delegate's library exports exactly these (no header of it is shipped); ours implements them with the
// same names and meaning, so the addon is written once. A *context* groups the methods loaded between begin_load and
// end_load (thread-local; scopes do not nest); a *session* is one set of the context's mutable buffers. The active
// session is thread-local too: set it on the executing thread before execute, clear it with (0, -1). Once a context has
// sessions, executing without an active one fails. A reset is destroy + create, never during an execute.
#pragma once

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/result.h>

#include <cstdint>

namespace executorch::backends::mlx::detail {

int mutable_state_create_context();
void mutable_state_destroy_context(int context);
void mutable_state_begin_load(int context);
void mutable_state_end_load();
// False where a method of the context keeps its mutable state outside the delegate.
bool mutable_state_available(int context);
int64_t mutable_state_bytes_per_session(int context);
::executorch::runtime::Error mutable_state_validate_coverage(int context);
::executorch::runtime::Result<int> mutable_state_create_session(int context);
void mutable_state_destroy_session(int context, int session);
void mutable_state_set_active(int context, int session);

} // namespace executorch::backends::mlx::detail
