#include "fake_delegate.h"

#include <executorch/runtime/backend/interface.h>

#include "mlx/sessions.h"

namespace pteron::test {

FakeDelegate& fakeDelegate() {
  static FakeDelegate fake;
  return fake;
}

namespace {

namespace et = executorch::runtime;

thread_local int activeContext = 0, activeSession = -1;

void note(const std::string& call) { fakeDelegate().calls.push_back(call); }
std::string pair(int context, int session) { return std::to_string(context) + "/" + std::to_string(session); }

class Backend final : public et::BackendInterface {
public:
  bool is_available() const override { return true; }
  et::Result<et::DelegateHandle*> init(et::BackendInitContext& context, et::FreeableBuffer*,
                                       et::ArrayRef<et::CompileSpec>) const override {
    const auto skips = context.get_runtime_spec<bool>("skip_mutable_buffer_init");
    note(skips.ok() && *skips ? "init without buffers" : "init");
    return new int(0);
  }
  et::Error execute(et::BackendExecutionContext&, et::DelegateHandle*, et::Span<et::EValue*>) const override {
    note("execute " + pair(activeContext, activeSession));
    return et::Error::Ok;
  }
  void destroy(et::DelegateHandle* handle) const override {
    note("destroy");
    delete static_cast<int*>(handle);
  }
};

Backend backend;
[[maybe_unused]] const auto registered = et::register_backend({"MLXBackend", &backend});

} // namespace
} // namespace pteron::test

namespace executorch::backends::mlx::detail {

using pteron::test::fakeDelegate;
using pteron::test::note;
using pteron::test::pair;

int mutable_state_create_context() {
  note("create context");
  return 7;
}
void mutable_state_destroy_context(int context) { note("destroy context " + std::to_string(context)); }
void mutable_state_begin_load(int context) { note("begin " + std::to_string(context)); }
void mutable_state_end_load() { note("end"); }
bool mutable_state_available(int) { return true; }
int64_t mutable_state_bytes_per_session(int) { return 1024; }
::executorch::runtime::Error mutable_state_validate_coverage(int) {
  return fakeDelegate().covers ? ::executorch::runtime::Error::Ok : ::executorch::runtime::Error::NotSupported;
}
::executorch::runtime::Result<int> mutable_state_create_session(int context) {
  static int next = 0;
  note("create session " + pair(context, next));
  return next++;
}
void mutable_state_destroy_session(int context, int session) { note("destroy session " + pair(context, session)); }
void mutable_state_set_active(int context, int session) {
  pteron::test::activeContext = context;
  pteron::test::activeSession = session;
}

} // namespace executorch::backends::mlx::detail
