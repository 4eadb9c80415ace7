// What one array of libmlx may take. libmlx writes through a null pointer where the system refuses it memory, so a damaged
// file must not ask for that much.
#pragma once

#include <cstddef>

namespace pteron::mlx {

// Set before the first program is loaded, if at all.
inline size_t mostArrayBytes = 4'000'000'000;

} // namespace pteron::mlx
