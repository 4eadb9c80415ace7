#include "copy.h"

#include "failure.h"
#include "integer_math.h"

#include <cstring>

namespace pteron::mlx {

namespace {

// Calls fn with a value of the C++ type that elements of `type` are computed with.
template <class Fn> void withIntegerType(DType type, Fn&& fn) {
  switch (type) {
  case DType::U8: return fn(uint8_t{});
  case DType::I8: return fn(int8_t{});
  case DType::Bool: return fn(bool{});
  case DType::I16: return fn(int16_t{});
  case DType::U16: return fn(uint16_t{});
  case DType::I32: return fn(int32_t{});
  case DType::U32: return fn(uint32_t{});
  case DType::I64: return fn(int64_t{});
  case DType::U64: return fn(uint64_t{});
  case DType::F32: return fn(float{});
  default: throw Failure(Error::NotSupported, std::string("cannot convert ") + dtypeName(type));
  }
}

using Run = void (*)(const char* from, int64_t fromStep, char* to, int64_t toStep, int64_t count);

template <class To, class From> To converted(From value) {
  if constexpr (std::is_same_v<To, bool>)
    return value != From{};
  else if constexpr (std::is_floating_point_v<From> && !std::is_floating_point_v<To>)
    return static_cast<To>(wholeNumber(value));
  else
    return static_cast<To>(value);
}

template <class From, class To>
void convertRun(const char* from, int64_t fromStep, char* to, int64_t toStep, int64_t count) {
  const From* source = reinterpret_cast<const From*>(from);
  To* target = reinterpret_cast<To*>(to);
  for (int64_t i = 0; i < count; ++i) target[i * toStep] = converted<To>(source[i * fromStep]);
}

// Half types, one at a time where they are not contiguous.
template <DType From, DType To>
void convertHalfRun(const char* from, int64_t fromStep, char* to, int64_t toStep, int64_t count) {
  if (fromStep == 1 && toStep == 1) return cpu::convert(from, storageOf(From), to, storageOf(To), count);
  const auto fromBytes = static_cast<int64_t>(byteSize(From)), toBytes = static_cast<int64_t>(byteSize(To));
  for (int64_t i = 0; i < count; ++i)
    cpu::convert(from + i * fromStep * fromBytes, storageOf(From), to + i * toStep * toBytes, storageOf(To), 1);
}

template <size_t Bytes> void moveRun(const char* from, int64_t fromStep, char* to, int64_t toStep, int64_t count) {
  constexpr auto size = static_cast<int64_t>(Bytes);
  if (fromStep == 1 && toStep == 1) {
    std::memcpy(to, from, static_cast<size_t>(count) * Bytes);
    return;
  }
  for (int64_t i = 0; i < count; ++i) std::memcpy(to + i * toStep * size, from + i * fromStep * size, Bytes);
}

Run moveOf(size_t bytes) {
  return bytes == 1 ? moveRun<1> : bytes == 2 ? moveRun<2> : bytes == 4 ? moveRun<4> : moveRun<8>;
}

Run halfOf(DType from, DType to) {
  using enum DType;
  if (from == F32) return to == F16 ? convertHalfRun<F32, F16> : convertHalfRun<F32, BF16>;
  if (to == F32) return from == F16 ? convertHalfRun<F16, F32> : convertHalfRun<BF16, F32>;
  return from == F16 ? convertHalfRun<F16, BF16> : convertHalfRun<BF16, F16>;
}

Run runOf(DType from, DType to) {
  if (from == to) return moveOf(byteSize(from));
  if (isFloat(from) && isFloat(to)) return halfOf(from, to);
  Run run = nullptr;
  withIntegerType(from, [&](auto source) {
    withIntegerType(to, [&](auto target) { run = convertRun<decltype(source), decltype(target)>; });
  });
  return run;
}

// The dimensions of both, with neighbours joined where both walk them as one.
struct Walk {
  Shape shape;
  Strides from{}, to{};
};

Walk joined(const Tensor& from, const Tensor& to) {
  Walk walk;
  for (int i = 0; i < from.shape.rank; ++i) {
    if (from.shape[i] == 1) continue;
    const auto at = static_cast<size_t>(i);
    const auto last = static_cast<size_t>(walk.shape.rank - 1);
    const int64_t size = from.shape[i], source = from.strides[at], target = to.strides[at];
    if (walk.shape.rank && walk.from[last] == source * size && walk.to[last] == target * size)
      walk.shape.dims[last] *= size;
    else
      walk.shape.push(size);
    walk.from[static_cast<size_t>(walk.shape.rank - 1)] = source;
    walk.to[static_cast<size_t>(walk.shape.rank - 1)] = target;
  }
  if (walk.shape.rank == 0) walk.shape.push(1);
  return walk;
}

} // namespace

void copyTensor(const Tensor& from, const Tensor& to) {
  expect(from.shape == to.shape, "a copy's shapes differ");
  if (from.count() == 0) return;
  const Run run = runOf(from.memory, to.memory);
  const Walk walk = joined(from, to);
  const auto inner = static_cast<size_t>(walk.shape.rank - 1);
  const auto fromBytes = static_cast<int64_t>(byteSize(from.memory)),
             toBytes = static_cast<int64_t>(byteSize(to.memory));
  const char* source = from.as<const char>();
  char* target = to.as<char>();
  std::array<int64_t, kMaxRank> index{};
  for (;;) {
    run(source, walk.from[inner], target, walk.to[inner], walk.shape.dims[inner]);
    size_t axis = inner;
    for (;;) { // the next row: add one to the index, with carry
      if (axis == 0) return;
      --axis;
      source += walk.from[axis] * fromBytes;
      target += walk.to[axis] * toBytes;
      if (++index[axis] < walk.shape.dims[axis]) break;
      source -= walk.from[axis] * fromBytes * walk.shape.dims[axis];
      target -= walk.to[axis] * toBytes * walk.shape.dims[axis];
      index[axis] = 0;
    }
  }
}

} // namespace pteron::mlx
