#include "core/module_loader.h"

#include <filesystem>
#include <fstream>
#include <new>

#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/backend/options.h>

#include "core/errors.h"
#include "core/log.h"
#include "core/machine_memory.h"
#ifdef PTERON_WITH_MLX
#include "mlx/flatbuffer.h"
#include "mlx/program_check.h"
#endif

namespace pteron {
namespace {

using executorch::runtime::Error;

void checkFile(const std::string& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw programMissing(path);
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw programInvalid(path, "it is not a file");
  }
  if (!std::ifstream(path)) {
    throw programInvalid(path, "it cannot be read");
  }
}

[[noreturn]] void throwLoadError(const std::string& path, Error error) {
  const std::string reason = takeFailureReason(error);
  switch (error) {
  case Error::MemoryAllocationFailed:
  case Error::DelegateMemoryAllocationFailed:
    throw CodedError("out_of_memory", path + " does not fit into memory: " + reason + ".",
                     "Choose a smaller model or a lower quantization, or close other programs.");
  case Error::NotSupported:
  case Error::NotImplemented:
  case Error::OperatorMissing:
  case Error::DelegateInvalidCompatibility: throw programUnsupported(path, reason);
  default: throw programInvalid(path, reason);
  }
}

// Runs `load`, turning whatever the runtime does with a damaged file into coded errors.
template <typename Load> void guarded(const std::string& path, Load load) {
  takeRuntimeLog();
  try {
    if (const Error error = load(); error != Error::Ok) {
      throwLoadError(path, error);
    }
    // ExecuTorch 1.5.1 loads a method whose instruction names no operator, and calls a null kernel later; it only logs.
    if (const std::string log = takeRuntimeLog(); !log.empty()) {
      throw programInvalid(path, log);
    }
  } catch (const RuntimeAbort& abort) {
    throw programInvalid(path, abort.what());
  } catch (const std::bad_alloc&) {
    throwLoadError(path, Error::MemoryAllocationFailed);
  } catch (const std::length_error&) {
    throw programInvalid(path, "it asks for an impossible amount of memory");
  }
}

void checkFields([[maybe_unused]] const std::string& path) {
#ifdef PTERON_WITH_MLX
  try {
    mlx::checkProgramFile(path);
  } catch (const mlx::fb::FormatError& error) {
    throw programInvalid(path, error.what());
  }
#endif
}

uint64_t fileBytes(const LoadRequest& request) {
  uint64_t bytes = std::filesystem::file_size(request.path);
  for (const std::string& path : request.dataPaths) {
    bytes += std::filesystem::file_size(path);
  }
  return bytes;
}

} // namespace

std::unique_ptr<LoadedModule> openModule(const LoadRequest& request) {
  checkFile(request.path);
  for (const std::string& path : request.dataPaths) {
    checkFile(path);
  }
  checkMemory(request, {}, 0);
  auto module = std::make_unique<LoadedModule>(request.path, request.dataPaths, LoadedModule::LoadMode::Mmap);
  takeRuntimeLog();
  try {
    if (const Error error = module->load(executorch::runtime::Program::Verification::InternalConsistency);
        error != Error::Ok) {
      throw programInvalid(request.path, takeFailureReason(error)); // whatever it is called, the file's own format is wrong
    }
  } catch (const RuntimeAbort& abort) {
    throw programInvalid(request.path, abort.what());
  }
  checkFields(request.path);
  return module;
}

void loadMethod(LoadedModule& module, const LoadRequest& request, const std::string& method, bool perLane) {
  executorch::runtime::BackendOptions<1> options;
  executorch::runtime::LoadBackendOptionsMap map;
  if (perLane && (options.set_option("skip_mutable_buffer_init", true) != Error::Ok ||
                  map.set_options("MLXBackend", options.view()) != Error::Ok)) {
    throw internalError("the delegate's options do not fit");
  }
  guarded(request.path, [&] { return module.load_method(method, nullptr, nullptr, perLane ? &map : nullptr); });
}

void checkMemory(const LoadRequest& request, const std::vector<MethodInfo>& methods, uint64_t stateBytes) {
  uint64_t needed = fileBytes(request) + stateBytes;
  uint64_t planned = 0;
  for (const MethodInfo& method : methods) {
    planned += method.plannedBytes;
  }
  const uint64_t total = machineMemory().total;
  if (total > 0 && planned > total) {
    throw outOfMemory("The work area of " + request.path, planned, total);
  }
  needed += planned;
  if (request.memoryLimit && needed > *request.memoryLimit) {
    throw outOfMemory(request.path + " (weights, work area and state)", needed, *request.memoryLimit);
  }
}

void checkBackends(const LoadRequest& request, const std::vector<MethodInfo>& methods) {
  for (const MethodInfo& method : methods) {
    for (const std::string& delegate : method.delegates) {
      if (executorch::runtime::get_backend_class(delegate.c_str()) == nullptr) {
        throw programUnsupported(request.path, "its method " + method.name + " needs the backend " + delegate);
      }
    }
  }
}

} // namespace pteron
