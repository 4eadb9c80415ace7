// The delegate's payload of a committed program.
#pragma once

#include "check.h"
#include "graph.h"
#include "zero_data.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace pteron::mlx::test {

// The payload starts four bytes before the magic and says where its graph ends.
inline std::string readPayload(const std::string& model) {
  std::ifstream file(std::string(PTERON_FIXTURES) + "/" + model + "/model.pte", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for (size_t at = bytes.find("MLX0"); at != std::string::npos; at = bytes.find("MLX0", at + 1)) {
    uint64_t end = 0;
    if (at < 4 || at + 20 > bytes.size()) continue;
    std::memcpy(&end, bytes.data() + at + 4, sizeof end);
    if (end >= 24 && at - 4 + end <= bytes.size()) return bytes.substr(at - 4, end);
  }
  CHECK(!"the fixture holds an MLX payload");
  return {};
}

} // namespace pteron::mlx::test
