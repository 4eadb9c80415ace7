// A loaded program. Constructed, used and destroyed on its worker thread; what is const may be read from any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/module_loader.h"
#include "core/mutable_state.h"
#include "core/program_info.h"

namespace pteron {

class Program {
public:
  // Loads every method, so that what cannot be run is known now. Throws as module_loader.h says.
  explicit Program(const LoadRequest& request);

  const std::string& path() const { return request_.path; }
  const std::vector<MethodInfo>& methods() const { return methods_; }
  const std::map<std::string, Constant>& constants() const { return constants_; }
  const std::vector<GraphSummary>& graphs() const { return graphs_; }
  // A constant as a whole number, where there is one of that name and kind.
  std::optional<int64_t> integer(const std::string& name) const;

  // Executes a method on the state that all runs share. `inputs` were checked by checkInputs.
  std::vector<HostTensor> run(const std::string& method, std::vector<HostTensor>& inputs);

  // Whether sessions have states of their own; else there is one session at a time.
  bool hasLanes() const { return hasLanes_; }
  // A fresh lane, or null where the program has one state only.
  std::unique_ptr<Lane> newLane() const;
  // Where there is one state only: makes it as after loading, by loading the method anew if it was executed since. True
  // where it did: references to the method are then void.
  bool renewState(const std::string& method);
  // Reserves a place for a session, from any thread. Throws program_unsupported where the only state is taken.
  void acquireSession();
  void releaseSession();

  executorch::runtime::Method& method(const std::string& name) { return module_->loaded(name); }
  // Executes with the lane active; its inputs are set. Throws inference_failed.
  void execute(executorch::runtime::Method& method, const Lane* lane);

private:
  void readMethods();
  void readConstants();
  void loadMethods();
  void loadInLanes();
  void loadOnce(const MethodInfo& info);
  void describeCaches();
  uint64_t stateBytes() const;
  void provideOutputs(const MethodInfo& info);

  LoadRequest request_;
  MutableState state_; // outlives the module, whose methods belong to its context
  std::unique_ptr<LoadedModule> module_;
  std::vector<MethodInfo> methods_;
  std::map<std::string, Constant> constants_;
  std::vector<GraphSummary> graphs_;
  // By method: of outputs that the memory plan leaves to the caller.
  std::map<std::string, std::vector<std::vector<std::byte>>> outputs_;
  bool hasLanes_ = false;
  std::set<const executorch::runtime::Method*> used_; // executed on the only state there is
  std::unique_ptr<Lane> runLane_;
  std::atomic<int> sessions_ = 0;
};

} // namespace pteron
