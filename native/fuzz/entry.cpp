// libFuzzer's entry: one executable a target.
#include "mlx/array_limit.h"
#include "targets.h"

extern "C" const char* __asan_default_options() {
  // What the runtime abandons when a fatal check is turned into an exception is not freed.
  return "allocator_may_return_null=1:max_allocation_size_mb=256:detect_leaks=0:detect_odr_violation=0";
}

extern "C" const char* __asan_default_suppressions() {
  // ExecuTorch's kernels copy with memcpy where a damaged memory plan lays two tensors over each other, within their buffer.
  return "interceptor_via_lib:libexecutorch_kernels_optimized\n";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pteron::mlx::mostArrayBytes = 128 << 20; // half of what the allocator gives: a node's own arrays come on top
  pteron::fuzz::PTERON_FUZZ_TARGET(data, size);
  return 0;
}
