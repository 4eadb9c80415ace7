// Rotary embedding of one row by the angles of its position.
#pragma once

namespace pteron::cpu::PTERON_TARGET {

inline void ropeAngles(float position, const float* inverseFrequencies, float* cosines, float* sines, int64_t half) {
  for (int64_t i = 0; i < half; i += kLanes) {
    const int64_t n = least(half - i, kLanes);
    Vf sine, cosine;
    sinCos(loadSome(inverseFrequencies + i, n) * position, sine, cosine);
    storePartial(cosines + i, cosine, n);
    storePartial(sines + i, sine, n);
  }
}

// Traditional: pairs (0, 1), (2, 3) …; else pairs (i, i + dims / 2). x may be y.
inline void ropeRow(const Rope& rope, const float* x, float* y, const float* cosines, const float* sines) {
  const int64_t half = rope.dims / 2;
  if (rope.traditional) {
    for (int64_t i = 0; i < half; ++i) {
      const float a = x[2 * i], b = x[2 * i + 1];
      y[2 * i] = a * cosines[i] - b * sines[i];
      y[2 * i + 1] = a * sines[i] + b * cosines[i];
    }
  } else {
    for (int64_t i = 0; i < half; i += kLanes) {
      const int64_t n = least(half - i, kLanes);
      const Vf a = loadSome(x + i, n), b = loadSome(x + half + i, n);
      const Vf cosine = loadSome(cosines + i, n), sine = loadSome(sines + i, n);
      storePartial(y + i, a * cosine - b * sine, n);
      storePartial(y + half + i, a * sine + b * cosine, n);
    }
  }
  if (x != y)
    for (int64_t i = rope.dims; i < rope.dim; ++i) y[i] = x[i];
}

} // namespace pteron::cpu::PTERON_TARGET
