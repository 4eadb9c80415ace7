// A session and what is under way in it, as the JavaScript thread sees them.
#pragma once

#include <atomic>
#include <memory>

#include "core/session.h"
#include "node/program_host.h"

namespace pteron {

class SessionHost {
public:
  SessionHost(std::shared_ptr<ProgramHost> program, std::unique_ptr<Session> session);
  ~SessionHost();
  SessionHost(const SessionHost&) = delete;
  SessionHost& operator=(const SessionHost&) = delete;

  ProgramHost& program() const { return *program_; }
  // Throws disposed.
  Session& session() const;
  // The same, and invalid_argument while a job of the session is queued or running.
  Session& idleSession() const;
  // From any thread.
  bool disposed() const { return disposed_; }
  void jobStarted() { ++jobs_; }
  void jobEnded() { --jobs_; }
  // Tells the running job to stop; the lane is given back after it. Idempotent.
  void dispose();

private:
  std::shared_ptr<ProgramHost> program_;
  Session* session_; // deleted on the worker thread
  std::atomic<bool> disposed_ = false;
  int jobs_ = 0;
};

} // namespace pteron
