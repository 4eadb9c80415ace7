// Feeds files to a target without libFuzzer: `replay graph|program FILE-or-FOLDER…`. Ends with how many there were; a
// finding ends it earlier, after the name of the file.
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "mlx/array_limit.h"
#include "targets.h"

namespace fs = std::filesystem;

namespace {

pteron::fuzz::Target targetOf(const char* name) {
  if (std::strcmp(name, "graph") == 0) return pteron::fuzz::graphTarget;
  if (std::strcmp(name, "program") == 0) return pteron::fuzz::programTarget;
  return nullptr;
}

void collect(const fs::path& path, std::vector<fs::path>& files) {
  if (!fs::is_directory(path)) return files.push_back(path);
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
}

void feed(pteron::fuzz::Target target, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  std::fprintf(stderr, "%s\n", path.filename().c_str());
  target(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

} // namespace

int main(int argc, char** argv) {
  const auto target = argc > 2 ? targetOf(argv[1]) : nullptr;
  if (!target) {
    std::fprintf(stderr, "usage: replay graph|program FILE-or-FOLDER…\n");
    return 2;
  }
  pteron::mlx::mostArrayBytes = 128 << 20; // as the fuzzers have it
#if !defined(__SANITIZE_ADDRESS__)
  const rlimit limit{size_t{8} << 30, size_t{8} << 30};
  setrlimit(RLIMIT_AS, &limit);
#endif
  std::vector<fs::path> files;
  for (int i = 2; i < argc; ++i) collect(argv[i], files);
  for (const fs::path& path : files) feed(target, path);
  std::printf("%zu files: ok\n", files.size());
  return files.empty() ? 1 : 0;
}
