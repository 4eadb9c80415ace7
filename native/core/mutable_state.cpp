#include "core/mutable_state.h"

#include "core/errors.h"
#include "core/log.h"

#ifdef PTERON_WITH_MLX
#include "mlx/sessions.h"
#endif

namespace pteron {

#ifdef PTERON_WITH_MLX

namespace delegate = executorch::backends::mlx::detail;
using executorch::runtime::Error;

MutableState::MutableState() : context_(delegate::mutable_state_create_context()) {}

MutableState::~MutableState() { delegate::mutable_state_destroy_context(context_); }

void MutableState::loading(const std::function<void()>& load) {
  struct Scope {
    explicit Scope(int context) { delegate::mutable_state_begin_load(context); }
    ~Scope() { delegate::mutable_state_end_load(); }
  } scope(context_);
  load();
}

bool MutableState::available() const {
  const bool usable = delegate::mutable_state_available(context_) &&
                      delegate::mutable_state_validate_coverage(context_) == Error::Ok;
  takeRuntimeLog(); // an answer, not a failure
  return usable;
}

int64_t MutableState::bytesPerLane() const { return delegate::mutable_state_bytes_per_session(context_); }

Lane::Lane(const MutableState& state) : context_(state.context()) {
  auto session = delegate::mutable_state_create_session(context_);
  if (!session.ok()) {
    throw outOfMemory("The KV cache", static_cast<uint64_t>(state.bytesPerLane()), 0);
  }
  session_ = *session;
}

Lane::~Lane() { delegate::mutable_state_destroy_session(context_, session_); }

Lane::Active::Active(const Lane* lane) : set_(lane != nullptr) {
  if (set_) {
    delegate::mutable_state_set_active(lane->context_, lane->session_);
  }
}

Lane::Active::~Active() {
  if (set_) {
    delegate::mutable_state_set_active(0, -1);
  }
}

#else

MutableState::MutableState() = default;
MutableState::~MutableState() = default;
void MutableState::loading(const std::function<void()>& load) { load(); }
bool MutableState::available() const { return false; }
int64_t MutableState::bytesPerLane() const { return 0; }
Lane::Lane(const MutableState& state) : context_(state.context()) { throw internalError("this build has no lanes"); }
Lane::~Lane() { (void)session_; }
Lane::Active::Active(const Lane*) : set_(false) {}
Lane::Active::~Active() { (void)set_; }

#endif

} // namespace pteron
