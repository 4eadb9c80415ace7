#include "node/program_host.h"

#include <new>

#include "core/errors.h"
#include "node/arguments.h"
#include "node/session_host.h"

namespace pteron {

bool JobContext::deliver(int32_t token) {
  control_.ask();
  // The job's call outlives the question: it is settled only after the job.
  const bool sent = queue_.post([this, token](Napi::Env) { control_.answer(onToken_(token)); });
  return sent && control_.wait();
}

ProgramHost::ProgramHost(Napi::Env env) : env_(env), queue_(env) {}

ProgramHost::~ProgramHost() { abandon(); }

std::shared_ptr<Program> ProgramHost::program() const {
  if (disposed_) {
    throw pteron::disposed("program");
  }
  return program_;
}

Napi::Promise ProgramHost::submit(std::unique_ptr<JobCall> call, std::shared_ptr<SessionHost> session, Work work) {
  const Napi::Promise promise = call->promise();
  if (disposed_ || (session && session->disposed())) {
    call->reject(toJs(env_, pteron::disposed(session ? "session" : "program")).Value());
    return promise;
  }
  const uint64_t id = nextId_++;
  JobControl* control = call->control().get();
  const SessionHost* of = session.get();
  if (session) {
    session->jobStarted();
  }
  if (pending_.empty()) {
    queue_.keepAlive(env_, true);
  }
  pending_.emplace(id, Pending{std::move(call), std::move(session)});
  worker_.post([this, id, control, of, work = std::move(work)] { run(id, *control, of, work); });
  return promise;
}

// On the worker thread. Once the outcome is posted, the call and the session may be gone.
void ProgramHost::run(uint64_t id, JobControl& control, const SessionHost* session, const Work& work) {
  Outcome outcome = outcomeOf(id, control, session, work);
  queue_.post([this, id, outcome = std::move(outcome)](Napi::Env env) { settle(env, id, outcome); });
}

ProgramHost::Outcome ProgramHost::outcomeOf(uint64_t id, JobControl& control, const SessionHost* session,
                                            const Work& work) {
  const auto failed = [](const CodedError& error) -> Outcome {
    return [error](Napi::Env env, JobCall& call) { call.reject(toJs(env, error).Value()); };
  };
  JobContext context(queue_, control, [this, id](int32_t token) { return pending_.at(id).call->deliver(token); });
  try {
    if (disposed_ || (session && session->disposed())) {
      return failed(pteron::disposed(session ? "session" : "program"));
    }
    return [result = work(context)](Napi::Env env, JobCall& call) { call.resolve(result(env)); };
  } catch (const CodedError& error) {
    return failed(error);
  } catch (const std::bad_alloc&) {
    return failed(CodedError("out_of_memory", "The machine has no memory left for this.",
                             "Choose a smaller model or a lower quantization, or close other programs."));
  } catch (const std::exception& error) {
    return failed(internalError(error.what()));
  }
}

void ProgramHost::settle(Napi::Env env, uint64_t id, const Outcome& outcome) {
  auto entry = pending_.extract(id);
  Pending& job = entry.mapped();
  if (job.session) {
    job.session->jobEnded();
  }
  if (pending_.empty()) {
    queue_.keepAlive(env, false);
  }
  try {
    outcome(env, *job.call);
  } catch (const Napi::Error& error) {
    job.call->reject(error.Value());
  }
  if (!program_) {
    dispose(); // loading failed
  }
}

void ProgramHost::cancelJobs(const SessionHost* of) {
  for (auto& [id, job] : pending_) {
    if (of == nullptr || job.session.get() == of) {
      job.call->control()->cancel();
    }
  }
}

void ProgramHost::dispose() {
  if (disposed_.exchange(true)) {
    return;
  }
  cancelJobs(nullptr);
  for (SessionHost* session : std::unordered_set<SessionHost*>(sessions)) {
    session->dispose();
  }
  worker_.finish([this] { end(); });
}

// The worker thread's last act.
void ProgramHost::end() {
  program_.reset();
  queue_.post([this](Napi::Env) {
    worker_.join();
    if (const auto ended = std::move(onEnded)) {
      ended();
    }
  });
  queue_.release();
}

void ProgramHost::abandon() {
  for (auto& [id, job] : pending_) {
    job.call->control()->abandon();
  }
  dispose();
  worker_.join();
}

void ProgramHost::forget() { pending_.clear(); }

} // namespace pteron
