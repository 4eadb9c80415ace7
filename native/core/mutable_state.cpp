#include "core/mutable_state.h"

#include "core/errors.h"
#include "core/log.h"
#ifdef PTERON_OWN_DELEGATE
#include "mlx/device.h"
#endif

namespace pteron {

using executorch::runtime::Error;

MutableState::MutableState() : functions_(sessionFunctions()), context_(functions_ ? functions_->createContext() : 0) {}

MutableState::~MutableState() {
  if (functions_) {
    functions_->destroyContext(context_);
  }
}

void MutableState::loading(const std::function<void()>& load) {
  struct Scope {
    Scope(const SessionFunctions* functions, int context) : functions(functions) { functions->beginLoad(context); }
    ~Scope() { functions->endLoad(); }
    const SessionFunctions* functions;
  } scope(functions_, context_);
  load();
}

bool MutableState::available() const {
  const bool usable = functions_ && functions_->available(context_) && functions_->validateCoverage(context_) == Error::Ok;
  takeRuntimeLog(); // an answer, not a failure
  return usable;
}

int64_t MutableState::bytesPerLane() const { return functions_->bytesPerSession(context_); }

Lane::Lane(const MutableState& state) : functions_(state.functions()), context_(state.context()) {
  auto session = functions_->createSession(context_);
  if (!session.ok()) {
    throw outOfMemory("The KV cache", static_cast<uint64_t>(state.bytesPerLane()), 0);
  }
  session_ = *session;
}

Lane::~Lane() { functions_->destroySession(context_, session_); }

Lane::Active::Active(const Lane* lane) : functions_(lane ? lane->functions_ : nullptr) {
  if (functions_) {
    functions_->setActive(lane->context_, lane->session_);
  }
}

Lane::Active::~Active() {
  if (functions_) {
    functions_->setActive(0, -1);
  }
}

bool stateGrowsWithUse() {
#ifdef PTERON_OWN_DELEGATE
  return mlx::mlxDeviceName().rfind("cpu", 0) == 0;
#else
  return false;
#endif
}

} // namespace pteron
