// A stand-in for the official MLX library: registers the backend, exports its session functions by the same names, and
// writes down every call. It computes nothing.
#pragma once

#include <string>
#include <vector>

namespace pteron::test {

struct FakeDelegate {
  std::vector<std::string> calls;  // "begin 1", "init", "execute 1/2" (context/session that is active), …
  bool covers = true;              // what validate_coverage answers
};

__attribute__((visibility("default"))) FakeDelegate& fakeDelegate();

} // namespace pteron::test
