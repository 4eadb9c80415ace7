#include "core/machine_memory.h"

#ifdef __APPLE__
#include <mach/mach.h>
#include <sys/sysctl.h>
#else
#include <fstream>
#include <sstream>
#include <string>
#endif

namespace pteron {

#ifdef __APPLE__

namespace {

uint64_t availableBytes() {
  vm_statistics64_data_t statistics{};
  mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
  const auto info = reinterpret_cast<host_info64_t>(&statistics);
  if (host_statistics64(mach_host_self(), HOST_VM_INFO64, info, &count) != KERN_SUCCESS) {
    return 0;
  }
  // What the system can give without swapping.
  return (uint64_t{statistics.free_count} + statistics.inactive_count + statistics.purgeable_count) * vm_kernel_page_size;
}

} // namespace

MachineMemory machineMemory() {
  MachineMemory memory;
  size_t size = sizeof memory.total;
  sysctlbyname("hw.memsize", &memory.total, &size, nullptr, 0);
  memory.available = availableBytes();
  mach_task_basic_info_data_t task{};
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, reinterpret_cast<task_info_t>(&task), &count) == KERN_SUCCESS) {
    memory.resident = task.resident_size;
    memory.peakResident = task.resident_size_max;
  }
  return memory;
}

#else

namespace {

// Value in bytes of a line "Key:   123 kB" of a /proc file.
uint64_t procField(const char* file, const std::string& key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.rfind(key + ":", 0) == 0) {
      uint64_t kibibytes = 0;
      std::istringstream(line.substr(key.size() + 1)) >> kibibytes;
      return kibibytes * 1024;
    }
  }
  return 0;
}

} // namespace

MachineMemory machineMemory() {
  return {procField("/proc/meminfo", "MemTotal"), procField("/proc/meminfo", "MemAvailable"),
          procField("/proc/self/status", "VmRSS"), procField("/proc/self/status", "VmHWM")};
}

#endif

} // namespace pteron
