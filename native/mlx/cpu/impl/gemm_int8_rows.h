// y = x · Wᵀ for many rows of int8 activations, where no int8 panel product is worth its while: each weight row is
// unpacked once and dotted with every row of x.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

inline void gemmInt8(const QuantizedMatrix& w, const QuantizedRows& x, Output y, int64_t m, int64_t begin,
                     int64_t end) {
  const int64_t groups = groupsOf(w);
  const size_t padded = static_cast<size_t>(groups + kGroupPad);
  const ScratchBlock block(static_cast<size_t>(w.columns + kCodePad) + 2 * padded * sizeof(float) + 256);
  ScratchPieces pieces(block);
  uint8_t* codes = pieces.take<uint8_t>(static_cast<size_t>(w.columns + kCodePad));
  float* scales = pieces.take<float>(padded);
  float* biases = pieces.take<float>(padded);
  withFormat(w, [&](auto format) {
    for (int64_t row = begin; row < end; ++row) {
      unpackCodes<format.value>(w, row, 0, w.columns, codes);
      for (int64_t g = 0; g < groups; g += kLanes) {
        store(scales + g, loadScales(w, row, g, groups - g));
        store(biases + g, loadBiases(w, row, g, groups - g));
      }
      for (int64_t i = 0; i < m; ++i) {
        const int8_t* xs = x.codes + i * x.codeStride;
        float sum = 0;
        for (int64_t g = 0; g < groups; ++g) {
          int32_t d = 0;
          for (int64_t j = g * w.group; j < (g + 1) * w.group; ++j) d += static_cast<int32_t>(codes[j]) * xs[j];
          sum += scales[g] * x.scales[i * x.groupStride + g] * static_cast<float>(d) +
                 biases[g] * x.sums[i * x.groupStride + g];
        }
        y.data[i * y.stride + row] = sum;
      }
    }
  });
}

} // namespace pteron::cpu::PTERON_TARGET
