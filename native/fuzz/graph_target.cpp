#include "targets.h"

#include "device.h"
#include "executor.h"
#include "failure.h"
#include "graph_info.h"
#include "lazy/executor.h"
#include "zero_data.h"

#include <executorch/extension/tensor/tensor.h>
#include <executorch/runtime/platform/runtime.h>

#include <algorithm>

namespace pteron::fuzz {

namespace {

using namespace mlx;
using ::executorch::extension::TensorPtr;
using Scalar = ::executorch::aten::ScalarType;

constexpr int64_t kMostElements = 1 << 16;
constexpr int kDynamic = 3; // extent where the graph leaves it open

// The arguments that a graph declares: ramps of small numbers in, room out.
class Arguments {
public:
  explicit Arguments(const Graph& graph) {
    for (const IoSlot& slot : graph.inputMap) add(graph, slot, /*isInput=*/true);
    for (const IoSlot& slot : graph.outputMap) add(graph, slot, /*isInput=*/false);
    for (EValue& value : values_) pointers_.push_back(&value);
  }
  Span<EValue*> span() { return {pointers_.data(), pointers_.size()}; }

private:
  void add(const Graph& graph, const IoSlot& slot, bool isInput) {
    if (!slot.isTensor) {
      values_.emplace_back(int64_t{1});
      return;
    }
    const TensorMeta meta = slot.idx < graph.meta.size() ? graph.meta[slot.idx] : TensorMeta{{4}, DType::F32};
    std::vector<::executorch::aten::SizesType> sizes;
    int64_t count = 1;
    for (const int64_t declared : meta.shape) {
      const int64_t size = declared < 0 ? kDynamic : std::min(declared, kMostElements / count);
      sizes.push_back(static_cast<::executorch::aten::SizesType>(size));
      count *= std::max<int64_t>(size, 1);
    }
    std::vector<uint8_t>& bytes = memory_.emplace_back(static_cast<size_t>(count) * byteSize(meta.type), uint8_t{0});
    const size_t width = byteSize(meta.type);
    for (size_t i = 0; isInput && i < bytes.size(); i += width) bytes[i] = static_cast<uint8_t>(i / width % 3 == 1);
    tensors_.push_back(::executorch::extension::from_blob(bytes.data(), sizes, static_cast<Scalar>(meta.type)));
    values_.emplace_back(*tensors_.back());
  }

  std::vector<std::vector<uint8_t>> memory_;
  std::vector<TensorPtr> tensors_;
  std::vector<EValue> values_;
  std::vector<EValue*> pointers_;
};

template <class Work> void refusing(Work&& work) {
  try {
    work();
  } catch (const fb::FormatError&) {
  } catch (const Failure&) {
  } catch (const std::bad_alloc&) {
  }
}

} // namespace

void graphTarget(const uint8_t* data, size_t size) {
  static const test::ZeroData constants(1 << 16);
  static cpu::ThreadPool pool(1);
  static const bool ready = (::executorch::runtime::runtime_init(), true);
  (void)ready;
  refusing([&] {
    Graph graph = decodeGraph(data, size);
    (void)describeGraph(graph, "forward");
    Arguments arguments(graph);
    if (needsLibmlx(graph)) return;
    Executor executor(std::move(graph), &constants, pool);
    executor.execute(arguments.span());
    executor.execute(arguments.span());
  });
  refusing([&] {
    Graph graph = decodeGraph(data, size);
    Arguments arguments(graph);
    lazy::Executor executor(std::move(graph), &constants, ::mlx::core::Device::cpu);
    executor.execute(arguments.span());
  });
}

} // namespace pteron::fuzz
