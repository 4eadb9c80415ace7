// The gated delta rule: rows of a head's state, each walked through all tokens while it stays in the nearest cache.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

// Rows [begin, end) of the states of all heads, one behind another.
inline void gatedDelta(const GatedDelta& call, int64_t begin, int64_t end) {
  const int64_t dim = call.keyDim, keyStride = call.keyHeads * dim, valueStride = call.valueHeads * call.valueDim;
  for (int64_t row = begin; row < end; ++row) {
    const int64_t head = row / call.valueDim;
    const float* q = call.q + head / (call.valueHeads / call.keyHeads) * dim;
    const float* k = call.k + (q - call.q);
    float* state = call.stateOut + row * dim;
    for (int64_t i = 0; i < dim; ++i) state[i] = call.stateIn[row * dim + i];
    for (int64_t token = 0; token < call.tokens; ++token, q += keyStride, k += keyStride) {
      const Vf fade = set1(call.g[token * call.valueHeads + head]);
      Vf held = set1(0);
      for (int64_t i = 0; i < dim; i += kLanes) {
        const int64_t n = least(dim - i, kLanes);
        const Vf faded = loadSome(state + i, n) * fade;
        storePartial(state + i, faded, n);
        held = fma(faded, loadSome(k + i, n), held);
      }
      const float missing = call.v[token * valueStride + row] - reduceAdd(held);
      const Vf moved = set1(missing * call.beta[token * call.valueHeads + head]);
      Vf read = set1(0);
      for (int64_t i = 0; i < dim; i += kLanes) {
        const int64_t n = least(dim - i, kLanes);
        const Vf next = fma(loadSome(k + i, n), moved, loadSome(state + i, n));
        storePartial(state + i, next, n);
        read = fma(next, loadSome(q + i, n), read);
      }
      call.y[token * valueStride + row] = reduceAdd(read);
    }
  }
}

} // namespace pteron::cpu::PTERON_TARGET
