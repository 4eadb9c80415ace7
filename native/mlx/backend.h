// The delegate's entry: makes `MLXBackend` known to ExecuTorch's runtime.
#pragma once

namespace pteron::mlx {

// Registers the delegate under the id that MLX programs name. Idempotent; call it before the first program is loaded.
// False where another delegate of that id is already there.
bool registerMlxBackend();

} // namespace pteron::mlx
