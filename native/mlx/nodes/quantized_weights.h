// Quantized weights as nodes name them (codes, scales, biases) seen as the matrices that the kernels multiply with.
#pragma once

#include "../frame.h"
#include "mlx_nodes.h"
#include "cpu/kernels.h"

#include <optional>
#include <string>
#include <vector>

namespace pteron::mlx {

// The operands and format that every node with quantized weights has.
struct QuantizedOperands {
  Tid words, scales;
  std::optional<Tid> biases;
  const std::string& mode;
  int bits, group;
};
template <class N> QuantizedOperands operandsOf(const N& node) {
  return {node.w, node.scales, node.biases, node.mode, node.bits, node.groupSize};
}

// Matrices of one shape behind one another: [count, rows, columns].
struct QuantizedWeights {
  cpu::QuantizedMatrix first;
  int64_t count = 1;
  DType type = DType::F32; // that the products with fp32 weights of these scales have

  cpu::QuantizedMatrix at(int64_t index) const;
};

// Why no kernel has this format, or null; asked at load.
const char* refuseWeights(const QuantizedOperands& operands);

// Throws Failure where the tensors do not fit one another. Null where the rows' length is none of the kernels'.
std::optional<QuantizedWeights> weightsOf(Frame& frame, const QuantizedOperands& operands);

// A cache's heads [1, heads, rows, words] as a matrix each, whose rows lie behind one another; scales and biases alike.
std::vector<cpu::QuantizedMatrix> headsOf(Frame& frame, const QuantizedOperands& operands);

// How a product with activations of that type may be computed.
inline cpu::Precision precisionFor(const Frame& frame, DType activations) {
  const bool mayRound = frame.roundActivations || isHalf(activations);
  return mayRound && !frame.exactActivations ? cpu::Precision::Int8 : cpu::Precision::Exact;
}

} // namespace pteron::mlx
