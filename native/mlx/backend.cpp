#include "backend.h"

#include "device.h"
#include "executor.h"
#include "failure.h"
#include "graph_info.h"
#include "last_error.h"
#include "lazy/executor.h"

#include <executorch/runtime/backend/interface.h>

namespace pteron::mlx {

namespace {

namespace et = ::executorch::runtime;

constexpr const char* kBackendId = "MLXBackend";

GraphInfo describe(const GraphExecutor& executor, const char* method) {
  GraphInfo info = describeGraph(executor.graph(), method ? method : "");
  info.mutableBytes = executor.stateBytes();
  return info;
}

// Runs `work`, turning what it throws into an error code and the thread's last error.
template <class Work> Error guarded(Work&& work) {
  try {
    work();
    return Error::Ok;
  } catch (const Failure& failure) {
    setLastError(failure.what());
    return failure.code;
  } catch (const fb::FormatError& error) {
    setLastError(error.what());
    return Error::InvalidProgram;
  } catch (const std::bad_alloc&) {
    setLastError("out of memory");
    return Error::MemoryAllocationFailed;
  } catch (const std::exception& error) {
    setLastError(error.what());
    return Error::Internal;
  }
}

class MlxBackend final : public et::BackendInterface {
public:
  bool is_available() const override { return true; }

  et::Result<et::DelegateHandle*> init(et::BackendInitContext& context, et::FreeableBuffer* processed,
                                       et::ArrayRef<et::CompileSpec>) const override {
    std::unique_ptr<GraphExecutor> executor;
    const Error error = guarded([&] {
      executor = makeExecutor(decodeGraph(processed->data(), processed->size()), context.get_named_data_map());
      reportGraph(describe(*executor, context.get_method_name()));
    });
    if (error != Error::Ok) return error;
    processed->Free();
    return executor.release();
  }

  Error execute(et::BackendExecutionContext&, et::DelegateHandle* handle,
                et::Span<et::EValue*> arguments) const override {
    return guarded([&] { static_cast<GraphExecutor*>(handle)->execute(arguments); });
  }

  void destroy(et::DelegateHandle* handle) const override { delete static_cast<GraphExecutor*>(handle); }

private:
  std::unique_ptr<GraphExecutor> makeExecutor(Graph graph, const et::NamedDataMap* data) const {
    if (mlxDevice() == MlxDevice::Kernels && !needsLibmlx(graph))
      return std::make_unique<Executor>(std::move(graph), data, pool_);
    const auto device = mlxDevice() == MlxDevice::Gpu ? ::mlx::core::Device::gpu : ::mlx::core::Device::cpu;
    return std::make_unique<lazy::Executor>(std::move(graph), data, device);
  }

  mutable cpu::ThreadPool pool_; // shared by all programs: a call that finds it busy works on its own thread
};

} // namespace

bool registerMlxBackend() {
  static const bool registered = [] {
    static MlxBackend backend;
    return et::register_backend({kBackendId, &backend}) == Error::Ok;
  }();
  return registered;
}

} // namespace pteron::mlx
