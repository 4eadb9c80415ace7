// Nodes that make tensors of nothing but sizes and values.
#include "../dtypes.h"
#include "../handlers.h"

#include "../../failure.h"

#include <mlx/ops.h>
#include <mlx/random.h>

namespace pteron::mlx::lazy {

namespace {

void runFull(Frame& f, const FullNode& node) {
  f.set(node.out, mx::full(f.shape(node.shape), scalar(f.number(node.v), toMlx(node.scalarType)), f.stream()));
}

void runFullLike(Frame& f, const FullLikeNode& node) {
  const mx::array& x = f(node.x);
  const mx::Dtype type = node.scalarType ? toMlx(*node.scalarType) : x.dtype();
  f.set(node.out, mx::full(x.shape(), scalar(f.number(node.v), type), f.stream()));
}

void runARange(Frame& f, const ARangeNode& node) {
  const int64_t start = f.integer(node.start), stop = f.integer(node.stop), step = f.integer(node.step);
  expect(step != 0, "a range's step is zero");
  constexpr int64_t kMost = int64_t{1} << 40;
  expect(std::abs(start) < kMost && std::abs(stop) < kMost && std::abs(step) < kMost &&
             (stop - start) / step < (1 << 30),
         "a tensor is too large");
  const mx::Dtype type = node.scalarType ? toMlx(*node.scalarType) : mx::int64;
  f.set(node.out,
        mx::arange(static_cast<double>(start), static_cast<double>(stop), static_cast<double>(step), type, f.stream()));
}

void runTri(Frame& f, const TriNode& node) {
  const mx::Shape shape = f.shape({node.n, node.m});
  expect(shape[0] >= 0 && shape[1] >= 0, "a size is negative");
  f.set(node.out, mx::tri(shape[0], shape[1], node.k, toMlx(node.scalarType), f.stream()));
}

// Without a seed libmlx's own sequence of keys goes on.
void runRandomBits(Frame& f, const RandomBitsNode& node) {
  const auto key =
      node.seed ? std::optional(mx::random::key(static_cast<uint64_t>(f.integer(*node.seed)))) : std::nullopt;
  f.set(node.out, mx::random::bits(f.shape(node.shape), node.width, key, f.stream()));
}

const char* refuseBits(const Node& node) {
  const int width = static_cast<const RandomBitsNode&>(node).width;
  return width == 1 || width == 2 || width == 4 ? nullptr : "of other than 1, 2 or 4 bytes";
}

template <class N> const char* refuse(const Node& node) {
  if constexpr (std::is_same_v<decltype(N::scalarType), std::optional<int8_t>>) {
    const auto type = static_cast<const N&>(node).scalarType;
    return type ? refuseType(*type) : nullptr;
  } else
    return refuseType(static_cast<const N&>(node).scalarType);
}

} // namespace

void addCreationHandlers(HandlerTable& table) {
  on<&runFull>(table).refuse = refuse<FullNode>;
  on<&runFullLike>(table).refuse = refuse<FullLikeNode>;
  on<&runARange>(table).refuse = refuse<ARangeNode>;
  on<&runTri>(table).refuse = refuse<TriNode>;
  on<&runRandomBits>(table).refuse = refuseBits;
}

} // namespace pteron::mlx::lazy
