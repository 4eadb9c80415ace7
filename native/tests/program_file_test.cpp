// What is read from a program's file is what our delegate finds when it loads the program; a damaged file is refused.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "check.h"
#include "core/log.h"
#include "core/program.h"
#include "mlx/backend.h"
#include "mlx/flatbuffer.h"
#include "mlx/program_file.h"

using namespace pteron;

namespace {

void testAgreesWithTheDelegate(const std::string& path) {
  LoadRequest request;
  request.path = path;
  const Program program(request);
  const std::vector<mlx::GraphInfo> read = mlx::readProgramFile(path);
  CHECK(!read.empty() && read.size() == program.graphs().size());
  for (size_t i = 0; i < read.size(); ++i) {
    const GraphSummary& loaded = program.graphs()[i];
    CHECK(read[i].method == loaded.method && read[i].constants == loaded.constants);
    CHECK(read[i].nodeCounts == loaded.nodeCounts && read[i].cacheLayers == loaded.cacheLayers);
    CHECK(read[i].constantBytes == loaded.constantBytes && read[i].state.size() == loaded.state.size());
    CHECK(read[i].mutableBytes <= loaded.mutableBytes); // the delegate aligns each buffer
  }
}

// A KV cache of ours inside the graph, and one of ExecuTorch's outside.
void testDescribesCaches() {
  const mlx::GraphInfo inside = mlx::readProgramFile(PTERON_FIXTURES "/models/tiny-llama-q4/model.pte").at(0);
  CHECK(inside.cacheLayers.empty() && !inside.state.empty());
  int64_t bytes = 0, count = 0;
  for (const mlx::StateBuffer& buffer : inside.state) {
    CHECK(!buffer.name.empty() && buffer.dtype == "float32" && buffer.shape.size() == 4);
    bytes += 4 * buffer.shape[0] * buffer.shape[1] * buffer.shape[2] * buffer.shape[3];
  }
  CHECK(bytes == inside.mutableBytes);
  bytes = 0;
  for (const auto& [dtype, share] : inside.constantTypes) {
    CHECK(share.count > 0 && share.bytes > 0);
    count += share.count, bytes += share.bytes;
  }
  CHECK(count == inside.constants && bytes == inside.constantBytes);
  CHECK(inside.constantTypes.count("uint32") == 1); // packed weights
  const mlx::GraphInfo outside = mlx::readProgramFile(PTERON_NATIVE_FIXTURES "/off_graph.pte").at(0);
  CHECK(outside.state.empty() && outside.cacheLayers == std::vector<int64_t>({0, 1}));
}

std::string contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool isRefused(const std::string& content, const std::string& path) {
  std::ofstream(path, std::ios::binary) << content;
  try {
    mlx::readProgramFile(path);
    return false;
  } catch (const mlx::fb::FormatError& error) {
    CHECK(*error.what());
    return true;
  }
}

void testDamage(const std::string& path) {
  const std::string content = contentOf(path);
  const std::string damaged = (std::filesystem::temp_directory_path() / ("pteron-damaged-" + std::to_string(std::random_device()()))).string();
  for (size_t bytes = 0; bytes < 400; bytes += 13) {
    CHECK(isRefused(content.substr(0, bytes), damaged));
  }
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string changed = content;
    for (int i = 0; i < 4; ++i) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    refused += isRefused(changed, damaged);
  }
  CHECK(refused > 100);
  std::filesystem::remove(damaged);
  CHECK(isRefused("", damaged));
  std::filesystem::remove(damaged);
}

} // namespace

int main() {
  installRuntimeHooks();
  mlx::registerMlxBackend();
  for (const char* name : {"tiny-llama", "tiny-llama-q4", "tiny-gemma3", "tiny-qwen3"}) {
    testAgreesWithTheDelegate(std::string(PTERON_FIXTURES "/models/") + name + "/model.pte");
  }
  testAgreesWithTheDelegate(PTERON_NATIVE_FIXTURES "/off_graph.pte");
  testDescribesCaches();
  testDamage(PTERON_NATIVE_FIXTURES "/off_graph.pte");
}
