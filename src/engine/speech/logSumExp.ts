/** log Σ exp of the logits from `start` on; −∞ where there are none. */
export function logSumExp(logits: Float32Array, start = 0): number {
  let largest = -Infinity;
  for (let token = start; token < logits.length; token++) if (logits[token]! > largest) largest = logits[token]!;
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let token = start; token < logits.length; token++) {
    const below = logits[token]! - largest;
    if (below > -40) sum += expOf(below); // less is lost in a double's last place anyway
  }
  return largest + Math.log(sum);
}

const powers = Float64Array.from({ length: 42 }, (_, i) => Math.exp(-i));

/** eˣ for −41 < x ≤ 0, within 10⁻⁷ of it, in half of Math.exp's time: a token's logits are tens of thousands. */
function expOf(x: number): number {
  const whole = (0.5 - x) | 0;
  const r = x + whole; // −0.5 < r ≤ 0.5, for Taylor's series
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r / 5040))))));
  return powers[whole]! * series;
}
