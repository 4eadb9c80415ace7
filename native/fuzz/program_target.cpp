#include "targets.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "core/errors.h"
#include "core/inputs.h"
#include "core/log.h"
#include "core/session.h"
#include "mlx/backend.h"
#include "mlx/flatbuffer.h"
#include "mlx/program_file.h"

namespace pteron::fuzz {

namespace {

constexpr uint64_t kMemoryLimit = 64 << 20;
constexpr int32_t kMostElements = 1 << 16;

// The bytes as a file without a disk; its path is valid while it lives.
class MemoryFile {
public:
  MemoryFile(const uint8_t* data, size_t size) : descriptor_(memfd_create("program", MFD_CLOEXEC)) {
    for (size_t written = 0; written < size;) {
      const ssize_t step = write(descriptor_, data + written, size - written);
      if (step <= 0) std::abort();
      written += static_cast<size_t>(step);
    }
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
  int descriptor_;
};

template <class Work> void refusing(Work&& work) {
  try {
    work();
  } catch (const CodedError&) {
  } catch (const mlx::fb::FormatError&) {
  } catch (const std::bad_alloc&) {
  }
}

HostTensor inputOf(const TensorInfo& info) {
  HostTensor tensor{info.kind == TensorInfo::Kind::Tensor ? info.dtype : ScalarType::Long, {}, {}};
  int64_t count = 1;
  for (const int32_t declared : info.shape) {
    tensor.shape.push_back(std::min(declared, static_cast<int32_t>(kMostElements / count)));
    count *= std::max(tensor.shape.back(), 1);
  }
  const size_t width = elementBytes(tensor.dtype);
  tensor.data.resize(static_cast<size_t>(elementCount(tensor.shape).value_or(0)) * width);
  for (size_t i = 0; width > 0 && i < tensor.data.size(); i += width) tensor.data[i] = std::byte(i / width % 3 == 1);
  return tensor;
}

void runOnce(Program& program, const MethodInfo& method) {
  std::vector<HostTensor> inputs;
  for (const TensorInfo& info : method.inputs) inputs.push_back(inputOf(info));
  checkInputs(method, inputs);
  (void)program.run(method.name, inputs);
}

void converse(const std::shared_ptr<Program>& program) {
  Session session(program, "forward", 8);
  const std::vector<int32_t> prompt{1, 2, 3};
  const auto never = [] { return false; };
  session.prefill(prompt, never);
  DecodeRequest request;
  request.maxTokens = 2;
  session.decode(request, [](int32_t) { return true; }, never);
}

} // namespace

void programTarget(const uint8_t* data, size_t size) {
  static const bool ready = (installRuntimeHooks(), mlx::registerMlxBackend());
  (void)ready;
  const MemoryFile file(data, size);
  refusing([&] { (void)mlx::readProgramFile(file.path()); });
  refusing([&] {
    LoadRequest request;
    request.path = file.path();
    request.memoryLimit = kMemoryLimit;
    const auto program = std::make_shared<Program>(request);
    for (const MethodInfo& method : program->methods()) refusing([&] { runOnce(*program, method); });
    refusing([&] { converse(program); });
  });
}

} // namespace pteron::fuzz
