// A program, its worker thread and its jobs, as the JavaScript thread sees them. Members are called on the JavaScript
// thread unless they say otherwise; the worker thread holds plain pointers, so that nothing here ends on it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <napi.h>

#include "core/program.h"
#include "core/worker.h"
#include "node/job.h"
#include "node/js_queue.h"

namespace pteron {

class SessionHost;

// What a job sees of its surroundings, on the worker thread.
class JobContext {
public:
  JobContext(JsQueue& queue, JobControl& control, std::function<bool(int32_t)> onToken)
      : queue_(queue), control_(control), onToken_(std::move(onToken)) {}

  bool cancelled() const { return control_.cancelled(); }
  // Calls the job's onToken on the JavaScript thread and waits; false to stop.
  bool deliver(int32_t token);

private:
  JsQueue& queue_;
  JobControl& control_;
  std::function<bool(int32_t)> onToken_; // on the JavaScript thread
};

class ProgramHost : public std::enable_shared_from_this<ProgramHost> {
public:
  // What a job gives back: called on the JavaScript thread, it makes the promise's value.
  using Result = std::function<Napi::Value(Napi::Env)>;
  // Runs on the worker thread. May throw.
  using Work = std::function<Result(JobContext&)>;

  explicit ProgramHost(Napi::Env env);
  ~ProgramHost();
  ProgramHost(const ProgramHost&) = delete;
  ProgramHost& operator=(const ProgramHost&) = delete;

  // Queues a job; `session` may be null. The promise is rejected as disposed where the program or the session is.
  Napi::Promise submit(std::unique_ptr<JobCall> call, std::shared_ptr<SessionHost> session, Work work);
  // Queues work that nobody waits for.
  void post(Worker::Job job) { worker_.post(std::move(job)); }

  // In the first job, on the worker thread: opens the program.
  void load(const LoadRequest& request) { program_ = std::make_shared<Program>(request); }
  // Throws disposed.
  std::shared_ptr<Program> program() const;

  // Tells running jobs to stop, closes the sessions, and ends the thread after them. Idempotent.
  void dispose();
  // Disposes and waits for the thread's end, letting go of whatever it may wait for. Leaves the jobs' promises alone.
  void abandon();
  // After abandon(): drops the jobs' promises unsettled, and with them what keeps this alive.
  void forget();
  // Of one session, or of all where null.
  void cancelJobs(const SessionHost* of);

  std::unordered_set<SessionHost*> sessions; // open ones; they enter and leave by themselves
  std::function<void()> onEnded;             // called once after dispose(); may destroy this

private:
  using Outcome = std::function<void(Napi::Env, JobCall&)>;
  struct Pending {
    std::unique_ptr<JobCall> call;
    std::shared_ptr<SessionHost> session;
  };

  void run(uint64_t id, JobControl& control, const SessionHost* session, const Work& work);
  Outcome outcomeOf(uint64_t id, JobControl& control, const SessionHost* session, const Work& work);
  void settle(Napi::Env env, uint64_t id, const Outcome& outcome);
  void end();

  Napi::Env env_;
  JsQueue queue_;
  std::shared_ptr<Program> program_;
  std::atomic<bool> disposed_ = false;
  uint64_t nextId_ = 0;
  std::unordered_map<uint64_t, Pending> pending_;
  Worker worker_; // last: its thread uses the other members
};

} // namespace pteron
