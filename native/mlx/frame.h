// What node handlers work on: the tensors and values of one graph while it executes.
#pragma once

#include "block_pool.h"
#include "cpu/thread_pool.h"
#include "mlx_nodes.h"
#include "off_graph_cache.h"
#include "tensor.h"

#include <array>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace pteron::mlx {

// A host value; both forms are kept because a node may read an integer as a number.
struct Value {
  int64_t integer = 0;
  double number = 0;
};

// Where an output tensor of the program can be written directly: asked for its shape, returns its memory, or null where
// that value must be copied later.
using OutputMemory = void* (*)(void* context, int output, DType memory, const Shape& shape);

// Versions that hold the words of a quantized cache in place of their values (deferred_dequantize.h).
using DeferredDequantize = std::unordered_map<uint32_t, const DequantizeNode*>;

class NodeEvaluator;

class Frame {
public:
  Frame(cpu::ThreadPool& pool, size_t versions, size_t values);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  cpu::ThreadPool& pool() { return pool_; }
  size_t versions() const { return tensors_.size(); }
  size_t valueCount() const { return values_.size(); }

  Tensor& at(Tid tid) { return tensors_[tid.idx]; }
  Value& at(Vid vid) { return values_[vid.idx]; }
  int64_t integer(const IntOrVid& choice) { return choice.isVid ? at(choice.vid).integer : choice.literal; }
  double number(const FloatOrVid& choice) { return choice.isVid ? at(choice.vid).number : choice.literal; }
  Shape shape(const std::vector<IntOrVid>& sizes);
  void set(Vid vid, int64_t value) { at(vid) = {value, static_cast<double>(value)}; }

  // A new dense tensor in the slot, floats in fp32.
  Tensor& fresh(Tid out, DType type, const Shape& shape) { return fresh(out, type, memoryType(type), shape); }
  Tensor& fresh(Tid out, DType type, DType memory, const Shape& shape);
  // The same, but never in the caller's output memory: for handlers that then lay it out otherwise.
  Tensor& temporary(Tid out, DType type, DType memory, const Shape& shape);
  // The slot becomes a view of another tensor's memory.
  Tensor& view(Tid out, const Tensor& of) { return tensors_[out.idx] = of; }

  // Memory until the end of the node.
  void* scratch(size_t bytes);
  // The tensor's elements, dense, as fp32 or int64; converted into scratch where they are not that already. A constant is
  // converted once and kept.
  const float* floats(Tid tid);
  const float* floats(const Tensor& tensor);
  const int64_t* integers(const Tensor& tensor);
  // The same tensor with dense memory.
  Tensor denseCopy(const Tensor& tensor);

  void release(uint32_t version);
  void releaseAll();
  void endNode();

  // Set by the executor.
  uint32_t constants = 0;
  OffGraphCache* caches = nullptr;
  std::shared_ptr<const CacheLayout> cacheLayout;
  bool roundActivations = false; // the program declares 16-bit activations: quantized products may round them to int8
  bool exactActivations = false; // never do so
  OutputMemory outputMemory = nullptr;
  void* outputContext = nullptr;
  const std::vector<int>* directOutputs = nullptr; // version → output that it is, or -1
  const DeferredDequantize* deferred = nullptr;
  // Of constant (scales, biases, bits): whether the kernels may do without the biases.
  std::map<std::array<uint32_t, 3>, bool> symmetricBiases;
  std::shared_ptr<NodeEvaluator> evaluator; // made by the first node that libmlx evaluates

private:
  cpu::ThreadPool& pool_;
  BlockPool blocks_;
  std::vector<Tensor> tensors_;
  std::vector<Block*> owners_;
  std::vector<Value> values_;
  std::vector<Block*> scratch_;
  std::unordered_map<uint32_t, Block*> floatConstants_;
};

} // namespace pteron::mlx
