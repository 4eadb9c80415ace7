// What the machine and this process have and use of main memory, in bytes; 0 where the system does not say.
#pragma once

#include <cstdint>

namespace pteron {

struct MachineMemory {
  uint64_t total = 0;
  uint64_t available = 0;
  uint64_t resident = 0;
  uint64_t peakResident = 0;
};

MachineMemory machineMemory();

} // namespace pteron
