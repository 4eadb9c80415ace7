#include "node/session_host.h"

#include "core/errors.h"

namespace pteron {

SessionHost::SessionHost(std::shared_ptr<ProgramHost> program, std::unique_ptr<Session> session)
    : program_(std::move(program)), session_(session.release()) {
  program_->sessions.insert(this);
}

SessionHost::~SessionHost() { dispose(); }

Session& SessionHost::session() const {
  if (disposed_) {
    throw pteron::disposed("session");
  }
  return *session_;
}

Session& SessionHost::idleSession() const {
  Session& idle = session();
  if (jobs_ > 0) {
    throw invalidArgument("The session is working: wait for its promise, or abort it, first.");
  }
  return idle;
}

void SessionHost::dispose() {
  if (disposed_.exchange(true)) {
    return;
  }
  program_->sessions.erase(this);
  program_->cancelJobs(this);
  program_->post([session = session_] { delete session; });
}

} // namespace pteron
