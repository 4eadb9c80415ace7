#include "isa.h"

#include "kernel_table.h"

#include <cstdlib>
#include <cstring>

namespace pteron::cpu {
namespace {

constexpr const char* kNames[] = {"portable", "avx2", "avx512vnni"};

#if defined(PTERON_CPU_X86)
bool hasAvx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

bool hasAvx512Vnni() {
  return hasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi");
}

Isa bestIsa() {
  __builtin_cpu_init();
  return hasAvx512Vnni() ? Isa::Avx512Vnni : hasAvx2() ? Isa::Avx2 : Isa::Portable;
}
#else
Isa bestIsa() { return Isa::Portable; }
#endif

Isa choose() {
  const Isa best = bestIsa();
  const char* wanted = std::getenv("PTERON_CPU_ISA");
  if (wanted == nullptr) return best;
  for (int i = 0; i <= static_cast<int>(best); ++i)
    if (std::strcmp(wanted, kNames[i]) == 0) return static_cast<Isa>(i);
  return best;
}

} // namespace

Isa selectedIsa() {
  static const Isa isa = choose();
  return isa;
}

const char* isaName() { return kNames[static_cast<int>(selectedIsa())]; }

std::string cpuFeatures() {
  std::string list;
#if defined(__x86_64__)
  __builtin_cpu_init();
#define PTERON_FEATURE(name)                                                                                           \
  if (__builtin_cpu_supports(name)) list += list.empty() ? name : " " name
  PTERON_FEATURE("avx2");
  PTERON_FEATURE("fma");
  PTERON_FEATURE("f16c");
  PTERON_FEATURE("avx512f");
  PTERON_FEATURE("avx512bw");
  PTERON_FEATURE("avx512vl");
  PTERON_FEATURE("avx512dq");
  PTERON_FEATURE("avx512vnni");
  PTERON_FEATURE("avx512vbmi");
  PTERON_FEATURE("avx512bf16");
#undef PTERON_FEATURE
#elif defined(__aarch64__)
  list = "neon";
#endif
  return list;
}

const KernelTable& kernels() {
  switch (selectedIsa()) {
#if defined(PTERON_CPU_X86)
  case Isa::Avx512Vnni: return avx512vnni::table();
  case Isa::Avx2: return avx2::table();
#endif
  default: return portable::table();
  }
}

} // namespace pteron::cpu
