// y = x · Wᵀ for one or two rows of x: reads the packed weights once, in order, and nothing else of note, so that it
// runs at the memory's speed.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

// One weight row against M rows of x. A block is kLanes groups, whose scales fill one vector.
template <int Bits, int Group, int M>
inline void dotRowInt8(const QuantizedMatrix& w, const QuantizedRows& x, int64_t row, float* result) {
  constexpr int kChunkBytes = kChunk / 8 * Bits, kBlockChunks = kLanes * Group / kChunk;
  const int64_t groups = groupsOf(w);
  const uint8_t* p = codesOf(w, row);
  Vf acc[M][2] = {};
  for (int64_t g = 0; g < groups; g += kLanes) {
    const int64_t n = least(groups - g, kLanes);
    const Vf scales = loadScales(w, row, g, n);
    const Vf biases = loadBiases(w, row, g, n) + scales * static_cast<float>(kCodeOffset<Bits>);
    Vf factors[M];
    for (int m = 0; m < M; ++m) {
      factors[m] = scales * load(x.scales + m * x.groupStride + g);
      acc[m][0] = fma(biases, load(x.sums + m * x.groupStride + g), acc[m][0]);
    }
    const int8_t* codes = x.codes + g * Group;
    const auto step = [&](Codes chunk, int c) {
      for (int m = 0; m < M; ++m) {
        const Vi d = dot<Bits>(chunk, codes + m * x.codeStride + c * kChunk);
        acc[m][c & 1] = fma(toFloat(d), spread<Group>(factors[m], c), acc[m][c & 1]);
      }
    };
    if (n == kLanes) {
#pragma GCC unroll 8
      for (int c = 0; c < kBlockChunks; ++c) step(unpack<Bits>(p + c * kChunkBytes), c);
      p += kBlockChunks * kChunkBytes;
    } else {
      const int whole = static_cast<int>(n * Group / kChunk);
      for (int c = 0; c < whole; ++c) step(unpack<Bits>(p + c * kChunkBytes), c);
      if (whole * kChunk < n * Group) step(unpackHalf<Bits>(p + whole * kChunkBytes), whole);
    }
  }
  for (int m = 0; m < M; ++m) result[m] = reduceAdd(acc[m][0] + acc[m][1]);
}

inline void gemvInt8(const QuantizedMatrix& w, const QuantizedRows& x, Output y, int64_t m, int64_t begin, int64_t end) {
  withBitsAndGroup(w, [&](auto bits, auto group) {
    for (int64_t row = begin; row < end; ++row) {
      float result[2];
      if (m == 1) dotRowInt8<bits.value, group.value, 1>(w, x, row, result);
      else dotRowInt8<bits.value, group.value, 2>(w, x, row, result);
      for (int64_t i = 0; i < m; ++i) y.data[i * y.stride + row] = result[i];
    }
  });
}

// Σ_g scale_g · Σ code · x + Σ_g bias_g · Σ x, in fp32.
template <int M>
inline void dotRowExact(const QuantizedMatrix& w, const uint8_t* codes, const ExactRows& x, int64_t row, float* result) {
  const int64_t groups = groupsOf(w);
  const int group = w.group;
  Vf acc[M] = {};
  for (int64_t g = 0; g < groups; g += kLanes) {
    const int64_t n = least(groups - g, kLanes);
    const Vf biases = loadBiases(w, row, g, n);
    float scales[kLanes];
    store(scales, loadScales(w, row, g, n));
    for (int m = 0; m < M; ++m) acc[m] = fma(biases, load(x.sums + m * x.groupStride + g), acc[m]);
    for (int64_t j = 0; j < n; ++j) {
      const int64_t at = (g + j) * group;
      Vf part[M] = {};
      for (int i = 0; i < group; i += kLanes) {
        const Vf c = codesToFloat(codes + at + i);
        for (int m = 0; m < M; ++m) part[m] = fma(c, load(x.x + m * x.stride + at + i), part[m]);
      }
      for (int m = 0; m < M; ++m) acc[m] = fma(part[m], set1(scales[j]), acc[m]);
    }
  }
  for (int m = 0; m < M; ++m) result[m] = reduceAdd(acc[m]);
}

inline void gemvExact(const QuantizedMatrix& w, const ExactRows& x, Output y, int64_t m, int64_t begin, int64_t end) {
  const ScratchBlock block(static_cast<size_t>(w.columns + kCodePad));
  uint8_t* codes = static_cast<uint8_t*>(block.data());
  withBits(w.bits, [&](auto bits) {
    for (int64_t row = begin; row < end; ++row) {
      unpackRow<bits.value>(codesOf(w, row), w.columns, codes);
      float result[2];
      if (m == 1) dotRowExact<1>(w, codes, x, row, result);
      else dotRowExact<2>(w, codes, x, row, result);
      for (int64_t i = 0; i < m; ++i) y.data[i * y.stride + row] = result[i];
    }
  });
}

} // namespace pteron::cpu::PTERON_TARGET
