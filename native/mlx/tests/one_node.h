// Executes a single node on given operands.
#pragma once

#include "check.h"
#include "copy.h"
#include "executor.h"
#include "failure.h"

#include <executorch/extension/tensor/tensor.h>

#include <cmath>
#include <functional>

namespace pteron::mlx::test {

struct Operand {
  std::vector<int> sizes;
  std::vector<double> values;
  DType type = DType::F32;
};

inline int64_t countOf(const std::vector<int>& sizes) {
  int64_t count = 1;
  for (int size : sizes) count *= size;
  return count;
}

// The operand as memory of its type.
inline std::vector<char> bytesOf(const Operand& operand) {
  const int64_t count = countOf(operand.sizes);
  CHECK(count == static_cast<int64_t>(operand.values.size()));
  std::vector<char> bytes(static_cast<size_t>(count) * byteSize(operand.type) + 1);
  for (int64_t i = 0; i < count; ++i) {
    float number = static_cast<float>(operand.values[static_cast<size_t>(i)]);
    int64_t integer = static_cast<int64_t>(operand.values[static_cast<size_t>(i)]);
    const bool real = isFloat(operand.type);
    Tensor to = denseTensor(bytes.data(), operand.type, operand.type, Shape{1});
    to.advance(i);
    copyTensor(denseTensor(real ? static_cast<void*>(&number) : &integer, DType::F32, real ? DType::F32 : DType::I64,
                           Shape{1}),
               to);
  }
  return bytes;
}

// A node to be executed: its input slot `i` is operand i, its output comes after them and is delivered as `type`.
template <class N> struct Call {
  std::vector<Operand> operands;
  N node;
  DType type = DType::F32;
};

template <class N>
Call<N> run(std::vector<Operand> operands, const std::function<void(N&)>& fill, DType type = DType::F32) {
  Call<N> call{std::move(operands), {}, type};
  if constexpr (requires { call.node.out; }) call.node.out = {static_cast<uint32_t>(call.operands.size())};
  fill(call.node);
  return call;
}

template <class N> Graph graphOf(const Call<N>& call) {
  const auto count = static_cast<uint32_t>(call.operands.size());
  Graph graph;
  graph.inputs = count;
  graph.outputs = 1;
  graph.names.resize(count + 1);
  graph.meta.resize(count + 1);
  for (uint32_t i = 0; i < count; ++i) graph.inputMap.push_back({true, i});
  graph.outputMap = {{true, count}};
  graph.chains.resize(1);
  return graph;
}

// The result's elements, or throws Failure; it must have these sizes.
template <class N> std::vector<double> execute(const Call<N>& call, const std::vector<int>& sizes) {
  using ::executorch::extension::from_blob;
  using Scalar = ::executorch::aten::ScalarType;
  Graph graph = graphOf(call);
  graph.chains[0].push_back(std::make_unique<N>(call.node));
  static cpu::ThreadPool pool(2);
  Executor executor(std::move(graph), nullptr, pool);
  std::vector<std::vector<char>> memory;
  std::vector<::executorch::extension::TensorPtr> tensors;
  std::vector<EValue> values;
  for (const Operand& each : call.operands) {
    memory.push_back(bytesOf(each));
    tensors.push_back(
        from_blob(memory.back().data(), {each.sizes.begin(), each.sizes.end()}, static_cast<Scalar>(each.type)));
    values.emplace_back(*tensors.back());
  }
  const int64_t count = countOf(sizes);
  std::vector<char> result(static_cast<size_t>(count) * byteSize(call.type) + 1);
  const auto out = from_blob(result.data(), {sizes.begin(), sizes.end()}, static_cast<Scalar>(call.type));
  values.emplace_back(*out);
  std::vector<EValue*> arguments;
  for (EValue& value : values) arguments.push_back(&value);
  executor.execute({arguments.data(), arguments.size()});
  CHECK(out->numel() == count);
  std::vector<double> elements;
  for (int64_t i = 0; i < count; ++i) {
    if (call.type == DType::F32)
      elements.push_back(out->const_data_ptr<float>()[i]);
    else if (call.type == DType::I64)
      elements.push_back(static_cast<double>(out->const_data_ptr<int64_t>()[i]));
    else
      elements.push_back(out->const_data_ptr<bool>()[i]);
  }
  return elements;
}

template <class N>
bool equals(const Call<N>& call, const std::vector<int>& sizes, const std::vector<double>& expected) {
  const std::vector<double> got = execute(call, sizes);
  bool same = got.size() == expected.size();
  for (size_t i = 0; same && i < got.size(); ++i)
    same = std::abs(got[i] - expected[i]) <= 1e-5 * (1 + std::abs(expected[i]));
  for (size_t i = 0; !same && i < got.size(); ++i) std::fprintf(stderr, " %g", got[i]);
  return same;
}

} // namespace pteron::mlx::test
