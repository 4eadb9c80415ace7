// What lazy node handlers work on: arrays of libmlx by slot, while one graph is built. Nothing is computed until the
// executor evaluates; a slot that is written twice simply holds the newer array.
#pragma once

#include "mlx_nodes.h"
#include "off_graph_cache.h"

#include <mlx/array.h>
#include <mlx/stream.h>
#include <mlx/utils.h>

#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace pteron::mlx::lazy {

namespace mx = ::mlx::core;

using Value = std::variant<int64_t, double, bool>;

class Frame {
public:
  Frame(mx::Stream stream, size_t tensors, size_t values) : stream_(stream), arrays_(tensors), values_(values) {}

  mx::Stream stream() const { return stream_; }

  // The slot's array; throws Failure where nothing has written it.
  const mx::array& at(Tid tid) const;
  const mx::array& operator()(Tid tid) const { return at(tid); }
  std::optional<mx::array> maybe(const std::optional<Tid>& tid) const;
  bool has(Tid tid) const { return arrays_[tid.idx].has_value(); }
  // What has been built and not computed yet.
  std::vector<mx::array> unevaluated() const;
  // Throws Failure for an array of more than mostArrayBytes.
  void set(Tid tid, mx::array array);
  void clear(Tid tid) { arrays_[tid.idx].reset(); }

  const Value& at(Vid vid) const { return values_[vid.idx]; }
  void set(Vid vid, Value value) { values_[vid.idx] = value; }
  int64_t integer(Vid vid) const;
  double number(Vid vid) const;
  int64_t integer(const IntOrVid& choice) const { return choice.isVid ? integer(choice.vid) : choice.literal; }
  double number(const FloatOrVid& choice) const { return choice.isVid ? number(choice.vid) : choice.literal; }
  // Throws Failure where a size is negative, too large for libmlx, or all of them together are.
  mx::Shape shape(const std::vector<IntOrVid>& sizes) const;
  int size(const IntOrVid& choice) const; // one such size or position, checked to fit libmlx's int

  // Arrays whose content has decided what was built: it is right for that content only.
  std::vector<std::uintptr_t> readOnHost;
  bool waited = false; // something had to be computed before more could be built

  OffGraphCache* caches = nullptr;
  std::shared_ptr<const CacheLayout> cacheLayout;
  // Executes another chain of the graph on this frame (Scan, If); set by the executor.
  std::function<void(uint32_t chain)> runChain;

private:
  mx::Stream stream_;
  std::vector<std::optional<mx::array>> arrays_;
  std::vector<Value> values_;
};

} // namespace pteron::mlx::lazy
