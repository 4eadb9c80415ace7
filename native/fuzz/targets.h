// What the fuzzers feed: bytes from anywhere may be refused, with a message, and nothing else. Whatever escapes is a finding.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pteron::fuzz {

using Target = void (*)(const uint8_t* data, size_t size);

// A delegate's payload: decoded, described, compiled and executed once by our kernels, then by libmlx on the CPU.
void graphTarget(const uint8_t* data, size_t size);

// A whole .pte file: inspected, loaded, every method run once, and a session's first tokens where it is a language model.
// PTERON_DEVICE chooses what executes it.
void programTarget(const uint8_t* data, size_t size);

} // namespace pteron::fuzz
