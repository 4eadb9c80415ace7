// What ExecuTorch 1.5.1 takes for granted in a program file: its verifier checks where offsets lead, but a field that is not
// there at all is dereferenced all the same, and the process ends.
#pragma once

#include <string>

namespace pteron::mlx {

// For a file that the runtime has verified. Throws fb::FormatError where a field that it relies on is missing.
void checkProgramFile(const std::string& path);

} // namespace pteron::mlx
