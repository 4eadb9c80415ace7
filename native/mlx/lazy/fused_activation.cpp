#include "fused_activation.h"

#include <mlx/compile.h>
#include <mlx/ops.h>

#include <cmath>
#include <mutex>
#include <numbers>

namespace pteron::mlx::lazy {

namespace {

using Arrays = std::vector<mx::array>;
using Function = std::function<Arrays(const Arrays&)>;

mx::array constant(double value, const mx::array& like) { return mx::array(value, like.dtype()); }

// Never destroyed: libmlx's own cache of compiled functions may go first when the process ends.
const Function& compiled(Activation activation, mx::Stream stream) {
  static auto& functions = *new std::vector<std::pair<std::pair<Activation, int>, Function>>();
  for (const auto& [key, function] : functions)
    if (key == std::pair(activation, stream.index)) return function;
  const Function plain = [activation, stream](const Arrays& operands) {
    return Arrays{mx::multiply(activated(activation, operands[0], stream), operands[1], stream)};
  };
  return functions.emplace_back(std::pair(activation, stream.index), mx::compile(plain, /*shapeless=*/true)).second;
}

} // namespace

mx::array activated(Activation activation, const mx::array& x, mx::Stream s) {
  const auto of = [&](double value) { return constant(value, x); };
  if (activation == Activation::Silu) return mx::multiply(x, mx::sigmoid(x, s), s);
  mx::array inner = x;
  if (activation == Activation::GeluTanh) {
    const mx::array cube = mx::multiply(mx::multiply(x, mx::square(x, s), s), of(0.044715), s);
    inner = mx::tanh(mx::multiply(mx::add(x, cube, s), of(std::sqrt(2 / std::numbers::pi)), s), s);
  } else
    inner = mx::erf(mx::multiply(x, of(1 / std::numbers::sqrt2), s), s);
  return mx::multiply(mx::multiply(x, of(0.5), s), mx::add(inner, of(1), s), s);
}

mx::array gated(Activation activation, const mx::array& x, const mx::array& factor, mx::Stream stream) {
  // libmlx's CPU would call a C++ compiler.
  if (stream.device == mx::Device::cpu) return mx::multiply(activated(activation, x, stream), factor, stream);
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  return compiled(activation, stream)({x, factor}).front();
}

} // namespace pteron::mlx::lazy
