// A program file opened by the runtime: every check that can be made before and while its methods are loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <executorch/extension/module/module.h>

#include "core/mutable_state.h"
#include "core/program_info.h"

namespace pteron {

struct LoadRequest {
  std::string path;
  std::vector<std::string> dataPaths;  // .ptd
  std::optional<uint64_t> memoryLimit; // bytes
  std::optional<int64_t> contextLength; // tokens that sessions will be made for; else the program's own
  std::optional<ScalarType> cacheDtype; // of caches that the graph does not hold; else that of their keys and values
};

// Module, with its loaded methods within reach: the hot path sets inputs and reads outputs in place.
class LoadedModule : public executorch::extension::Module {
public:
  using Module::Module;
  executorch::runtime::Method& loaded(const std::string& name) { return *methods_.at(name).method; }
};

// Verifies the file in full and maps it. Throws program_missing, program_invalid or out_of_memory.
std::unique_ptr<LoadedModule> openModule(const LoadRequest& request);

// Loads one method. Throws program_unsupported, program_invalid or out_of_memory; `perLane` is for programs whose state
// will live in lanes, so that the methods' own buffers stay untouched.
void loadMethod(LoadedModule& module, const LoadRequest& request, const std::string& method, bool perLane);

// Files and planned work areas of the methods against the limit, and against the machine; before any is loaded.
void checkMemory(const LoadRequest& request, const std::vector<MethodInfo>& methods, uint64_t stateBytes);

// Throws program_unsupported for a backend that this build does not have.
void checkBackends(const LoadRequest& request, const std::vector<MethodInfo>& methods);

} // namespace pteron
