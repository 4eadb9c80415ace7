// The programs of this process, for its exit: `process.exit` runs no clean-up of the environment, and a thread that
// still computes while the runtime's libraries take down their globals would crash.
#pragma once

namespace pteron {

class ProgramHost;

class LiveHosts {
public:
  static void add(ProgramHost* host);
  static void remove(ProgramHost* host);
};

} // namespace pteron
