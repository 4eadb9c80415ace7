#include "quantized_weights.h"

#include "../failure.h"

namespace pteron::mlx {

namespace {

constexpr int64_t kUnit = 32; // the kernels' shortest run of codes

bool isNvfp4(const QuantizedOperands& operands) { return operands.mode == "nvfp4"; }

// Scales or biases, in a type that the kernels read.
Tensor factorsOf(Frame& frame, Tid tid, bool asFloat) {
  const Tensor tensor = frame.at(tid);
  if (!asFloat) return tensor.dense() ? tensor : frame.denseCopy(tensor); // part of a cache's heads
  return denseTensor(const_cast<float*>(frame.floats(tid)), DType::F32, DType::F32, tensor.shape);
}

void setAffine(Frame& frame, const QuantizedOperands& operands, int64_t groups, cpu::QuantizedMatrix& matrix) {
  const bool differ = frame.at(operands.scales).memory != frame.at(*operands.biases).memory;
  const Tensor scales = factorsOf(frame, operands.scales, differ), biases = factorsOf(frame, *operands.biases, differ);
  expect(isFloat(scales.memory) && scales.dense() && biases.dense(), "scales and biases are not dense floats");
  expect(scales.count() == groups && biases.count() == groups, "scales or biases have another size than the weights");
  matrix.scales = scales.data;
  matrix.biases = biases.data;
  matrix.scaleType = storageOf(scales.memory);
}

void setNvfp4(Frame& frame, const QuantizedOperands& operands, int64_t groups, cpu::QuantizedMatrix& matrix) {
  const Tensor& scales = frame.at(operands.scales);
  expect(scales.memory == DType::U8 && scales.dense() && scales.count() == groups,
         "NVFP4's scales are not a byte for each 16 weights");
  matrix.format = cpu::WeightFormat::Nvfp4;
  matrix.scales = scales.data;
}

// Constant biases are looked at once: without them a tenth less is read a token.
bool hasSymmetricBiases(Frame& frame, const QuantizedOperands& operands, cpu::QuantizedMatrix all, int64_t count) {
  const uint32_t scales = operands.scales.idx, biases = operands.biases->idx;
  if (scales >= frame.constants || biases >= frame.constants) return false;
  const auto [known, isNew] =
      frame.symmetricBiases.try_emplace({scales, biases, static_cast<uint32_t>(all.bits)}, false);
  all.rows *= count;
  if (isNew) known->second = cpu::hasSymmetricBiases(all);
  return known->second;
}

} // namespace

cpu::QuantizedMatrix QuantizedWeights::at(int64_t index) const {
  cpu::QuantizedMatrix matrix = first;
  const int64_t values = index * matrix.rows * matrix.columns, groups = values / matrix.group;
  const int64_t scaleBytes = matrix.format == cpu::WeightFormat::Nvfp4 ? 1
                             : matrix.scaleType == cpu::Storage::F32   ? 4
                                                                       : 2;
  matrix.words += values / 32 * matrix.bits;
  matrix.scales = static_cast<const char*>(matrix.scales) + groups * scaleBytes;
  if (matrix.biases) matrix.biases = static_cast<const char*>(matrix.biases) + groups * scaleBytes;
  return matrix;
}

const char* refuseWeights(const QuantizedOperands& operands) {
  const int bits = operands.bits, group = operands.group;
  if (isNvfp4(operands)) return bits == 4 && group == 16 && !operands.biases ? nullptr : "of an unknown NVFP4";
  if (operands.mode != "affine") return "other than affine and NVFP4 quantization";
  if (!operands.biases) return "affine quantization without biases";
  if (bits != 2 && bits != 3 && bits != 4 && bits != 5 && bits != 6 && bits != 8)
    return "of other than 2, 3, 4, 5, 6 or 8 bits";
  if (group != 16 && group != 32 && group != 64 && group != 128) return "of groups other than 16, 32, 64 or 128";
  return nullptr;
}

std::optional<QuantizedWeights> weightsOf(Frame& frame, const QuantizedOperands& operands) {
  Tensor words = frame.at(operands.words);
  if (!words.dense()) words = frame.denseCopy(words);
  expect(words.memory == DType::U32 && words.dense() && words.shape.rank >= 2,
         "quantized weights are not packed as MLX packs them");
  QuantizedWeights weights;
  cpu::QuantizedMatrix& matrix = weights.first;
  matrix.bits = operands.bits;
  matrix.group = operands.group;
  matrix.columns = words.shape.last() * 32 / operands.bits;
  matrix.rows = words.shape[words.shape.rank - 2];
  matrix.words = words.as<const uint32_t>();
  expect(words.count() > 0 && words.shape.last() * 32 % operands.bits == 0 && matrix.columns % operands.group == 0,
         "quantized rows are no whole number of groups");
  if (matrix.columns % kUnit != 0) return std::nullopt;
  const int64_t rows = words.count() / words.shape.last();
  weights.count = rows / matrix.rows;
  const int64_t groups = rows * (matrix.columns / matrix.group);
  if (isNvfp4(operands)) {
    setNvfp4(frame, operands, groups, matrix);
    return weights;
  }
  setAffine(frame, operands, groups, matrix);
  weights.type = frame.at(operands.scales).type;
  matrix.symmetric = hasSymmetricBiases(frame, operands, matrix, weights.count);
  return weights;
}

std::vector<cpu::QuantizedMatrix> headsOf(Frame& frame, const QuantizedOperands& operands) {
  const Tensor words = frame.at(operands.words), scales = frame.at(operands.scales), biases = frame.at(*operands.biases);
  const auto rowsLieTogether = [](const Tensor& tensor) {
    return tensor.shape.rank == 4 && tensor.shape[0] == 1 && (tensor.shape.last() == 1 || tensor.strides[3] == 1) &&
           (tensor.shape[2] == 1 || tensor.strides[2] == tensor.shape.last());
  };
  expect(words.memory == DType::U32 && isFloat(scales.memory) && scales.memory == biases.memory &&
             rowsLieTogether(words) && rowsLieTogether(scales) && rowsLieTogether(biases),
         "a quantized cache is not laid out in rows");
  cpu::QuantizedMatrix matrix;
  matrix.bits = operands.bits, matrix.group = operands.group;
  matrix.rows = words.shape[2], matrix.columns = words.shape.last() * 32 / operands.bits;
  matrix.scaleType = storageOf(scales.memory);
  expect(matrix.columns % operands.group == 0 && matrix.columns % kUnit == 0 && scales.shape == biases.shape &&
             scales.shape[1] == words.shape[1] && scales.shape[2] == words.shape[2] &&
             scales.shape.last() == matrix.columns / operands.group,
         "a quantized cache's scales do not fit its words");
  std::vector<cpu::QuantizedMatrix> heads;
  for (int64_t head = 0; head < words.shape[1]; ++head) {
    const auto at = [&](Tensor tensor) {
      tensor.advance(head * tensor.strides[1]);
      return tensor.data;
    };
    matrix.words = static_cast<const uint32_t*>(at(words)), matrix.scales = at(scales), matrix.biases = at(biases);
    heads.push_back(matrix);
  }
  return heads;
}

} // namespace pteron::mlx
