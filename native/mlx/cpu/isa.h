// Which instruction set the kernels use, chosen once at the first call.
#pragma once

#include <cstdint>
#include <string>

namespace pteron::cpu {

// In ascending order: a machine that runs one runs all before it. Avx512Vnni stands for F, BW, VL, DQ, VNNI and VBMI
// together (Ice Lake and Zen 4 onwards). Portable is 128-bit vectors of the compiler's baseline, NEON on aarch64.
enum class Isa : uint8_t { Portable, Avx2, Avx512Vnni };

// The best set that this machine has, or the lower one that PTERON_CPU_ISA=portable|avx2|avx512vnni asks for.
Isa selectedIsa();

// "portable", "avx2" or "avx512vnni".
const char* isaName();

// What the processor offers, whatever was selected: "avx2 fma f16c avx512f …"; empty where nothing is detected.
std::string cpuFeatures();

} // namespace pteron::cpu
