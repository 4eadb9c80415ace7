// The code that a Mac runs with the official MLX library, here with a stand-in for that library. Argument: "lanes", or
// "one-lane" for a library without session functions.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "check.h"
#include "core/errors.h"
#include "core/log.h"
#include "core/program.h"
#include "fake_delegate.h"

using namespace pteron;
using Calls = std::vector<std::string>;

namespace {

Calls& calls() { return test::fakeDelegate().calls; }

LoadRequest request(const std::string& path) {
  LoadRequest request;
  request.path = path;
  return request;
}

const LoadRequest kLanguageModel = request(PTERON_FIXTURES "/models/tiny-llama/model.pte");

std::vector<HostTensor> inputs() {
  const auto row = [](std::vector<int32_t> shape) {
    return HostTensor{ScalarType::Long, std::move(shape), std::vector<std::byte>(sizeof(int64_t))};
  };
  return {row({1, 1}), row({1}), row({1})};
}

template <typename Work> std::string codeOf(Work work) {
  try {
    work();
    return "";
  } catch (const CodedError& error) {
    CHECK(!error.remedy().empty());
    return error.code();
  }
}

void testFindsFunctionsOnlyWhereAllAreThere() {
  void* complete = dlopen("libexecutorch_backend_mlx.so", RTLD_LAZY | RTLD_NOLOAD);
  CHECK(complete && findSessionFunctions(complete));
  void* other = dlopen("libexecutorch.so", RTLD_LAZY | RTLD_NOLOAD);
  CHECK(other && !findSessionFunctions(other));
}

void testLanes() {
  CHECK(sessionFunctions() != nullptr);
  {
    Program program(kLanguageModel);
    CHECK(program.hasLanes());
    // Every method is loaded inside the context's scope and leaves the buffers to the sessions.
    CHECK((calls() == Calls{"create context", "begin 7", "init without buffers", "end"}));
    calls().clear();
    program.acquireSession();
    program.acquireSession();
    auto given = inputs();
    program.run("forward", given);
    CHECK((calls() == Calls{"create session 7/0", "execute 7/0"}));
    const auto lane = program.newLane();
    calls().clear();
    program.execute(program.method("forward"), lane.get());
    program.execute(program.method("forward"), nullptr);
    CHECK((calls() == Calls{"execute 7/1", "execute 0/-1"})); // cleared behind each execution
    CHECK(!program.renewState("forward"));
    calls().clear();
  }
  CHECK((calls() == Calls{"destroy session 7/1", "destroy session 7/0", "destroy", "destroy context 7"}));
}

// What is loaded in the scope is loaded again outside of it, with buffers of its own.
void testStateOutsideTheDelegate() {
  test::fakeDelegate().covers = false;
  calls().clear();
  Program program(kLanguageModel);
  CHECK(!program.hasLanes() && !program.newLane());
  CHECK((calls() == Calls{"create context", "begin 7", "init without buffers", "end", "destroy", "init"}));
  test::fakeDelegate().covers = true;
}

void testOneLane() {
  CHECK(sessionFunctions() == nullptr);
  Program program(kLanguageModel);
  CHECK(!program.hasLanes() && !program.newLane());
  CHECK((calls() == Calls{"init"}));
  program.acquireSession();
  CHECK(codeOf([&] { program.acquireSession(); }) == "program_unsupported");
  program.releaseSession();
  program.acquireSession();
  calls().clear();
  CHECK(!program.renewState("forward")); // nothing ran yet
  for (int i = 0; i < 2; ++i) {
    auto given = inputs();
    program.run("forward", given);
    CHECK(program.renewState("forward"));
    CHECK(!program.renewState("forward"));
  }
  CHECK((calls() == Calls{"execute 0/-1", "destroy", "init", "execute 0/-1", "destroy", "init"}));
}

void testOffGraphCaches() {
  CHECK(codeOf([] { Program program(request(PTERON_NATIVE_FIXTURES "/off_graph.pte")); }) == "unsupported_cache");
  try {
    Program program(request(PTERON_NATIVE_FIXTURES "/off_graph.pte"));
  } catch (const CodedError& error) {
    CHECK(error.remedy().find("--use-custom-kv-cache") != std::string::npos);
  }
}

// What the official library would decode with fewer checks is decoded here first.
void testDamagedGraphs() {
  std::ifstream file(PTERON_NATIVE_FIXTURES "/off_graph.pte", std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const size_t graph = content.find("MLX0");
  CHECK(graph != std::string::npos);
  content[graph] = 'N';
  const std::string path = (std::filesystem::temp_directory_path() / ("pteron-" + std::to_string(getpid()) + ".pte")).string();
  std::ofstream(path, std::ios::binary) << content;
  CHECK(codeOf([&] { Program program(request(path)); }) == "program_invalid");
  std::filesystem::remove(path);
}

void testGraphsAreDescribed() {
  const Program program(kLanguageModel);
  CHECK(program.graphs().size() == 1);
  const GraphSummary& graph = program.graphs()[0];
  CHECK(graph.method == "forward" && graph.nodeCounts.at("SdpaNode") > 0);
  CHECK(graph.constants > 0 && graph.constantBytes > 0 && graph.mutableBytes > 0);
}

} // namespace

int main(int, char** arguments) {
  const bool oneLane = std::strcmp(arguments[1], "one-lane") == 0;
  if (oneLane) {
    setenv("PTERON_LANES", "one", 1);
  }
  installRuntimeHooks();
  if (oneLane) {
    testOneLane();
  } else {
    testLanes();
    testStateOutsideTheDelegate();
    testFindsFunctionsOnlyWhereAllAreThere();
  }
  testOffGraphCaches();
  testDamagedGraphs();
  testGraphsAreDescribed();
}
