// The decoded and validated content of a delegate's payload.
#pragma once

#include "dtype.h"
#include "mlx_nodes.h"

#include <memory>
#include <string>
#include <vector>

namespace pteron::mlx {

inline constexpr int kMaxRank = 8;

// Tensor slots come in this order, each space contiguous.
enum class Space : uint8_t { Constant, Input, Output, Mutable, Temp };

// Declared shape and type of a tensor that is not temporary; a dimension of -1 is dynamic.
struct TensorMeta {
  std::vector<int64_t> shape;
  DType type = DType::F32;
};

// A slot in the input or output map: a tensor's or a value's index.
struct IoSlot {
  bool isTensor = true;
  uint32_t idx = 0;
};

using Chain = std::vector<std::unique_ptr<Node>>;

struct Graph {
  uint32_t constants = 0, inputs = 0, outputs = 0, mutables = 0, temps = 0, values = 0;
  std::vector<Chain> chains;
  uint32_t mainChain = 0;
  int32_t initChain = -1; // run once at load; -1 = none
  std::vector<IoSlot> inputMap, outputMap;
  std::vector<uint32_t> mutableMap; // tensor slots of the mutable buffers
  std::vector<std::string> names;   // by tensor slot; empty where unnamed
  std::vector<TensorMeta> meta;     // by tensor slot, all but temporary ones

  uint32_t tensors() const { return constants + inputs + outputs + mutables + temps; }
  Space space(uint32_t slot) const;
  // True where a float output is declared in 16 bits: such a program's activations may be rounded like that too.
  bool declaresHalf() const;
};

// Decodes a payload: a 24-byte header ("MLX0" at 4, the end of the graph as u64 at 8) and a FlatBuffer. Throws
// fb::FormatError, with a message for the reader, where it is damaged or inconsistent.
Graph decodeGraph(const void* payload, size_t bytes);

} // namespace pteron::mlx
