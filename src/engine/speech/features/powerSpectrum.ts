/** The power spectrum by a real FFT: n real numbers are n / 2 complex ones, and of 400 samples 200 = 4 · 2 · 5 · 5. */

/** Whisper's. */
export const transformLength = 400;
export const bins = transformLength / 2 + 1;

/** Factors of `count`: fours as long as there are some, then primes. */
function radicesOf(count: number): number[] {
  for (const radix of [4, 2, 3, 5, 7]) if (count % radix === 0) return [radix, ...radicesOf(count / radix)];
  if (count > 1) throw new RangeError(`There is no transform for a factor of ${count}.`);
  return [];
}

/** Buffers of one caller; not to be used by two at a time. */
export class PowerSpectrum {
  /** What to transform. */
  readonly input: Float64Array;
  /** |X[k]|², k = 0 … length / 2, after `compute`. */
  readonly output: Float64Array;
  /** e^(−2πi · k / length) for all k. */
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #radices: readonly number[];
  #re: Float64Array;
  #im: Float64Array;
  #nextRe: Float64Array;
  #nextIm: Float64Array;

  /** `length`: samples; even, with no prime factor above 7. */
  constructor(readonly length: number = transformLength) {
    const half = length / 2;
    const angle = (k: number) => (2 * Math.PI * k) / length;
    this.#radices = radicesOf(half);
    this.#cosines = Float64Array.from({ length }, (_, k) => Math.cos(angle(k)));
    this.#sines = Float64Array.from({ length }, (_, k) => -Math.sin(angle(k)));
    this.input = new Float64Array(length);
    this.output = new Float64Array(half + 1);
    [this.#re, this.#im] = [new Float64Array(half), new Float64Array(half)];
    [this.#nextRe, this.#nextIm] = [new Float64Array(half), new Float64Array(half)];
  }

  compute(): void {
    const { input, output } = this;
    const half = this.length / 2;
    for (let n = 0; n < half; n++) {
      this.#re[n] = input[2 * n]!;
      this.#im[n] = input[2 * n + 1]!;
    }
    this.#transform();
    const [re, im] = [this.#re, this.#im];
    // The even samples' spectrum and the odd ones', taken apart by their symmetry and put together.
    for (let k = 0; k <= half; k++) {
      const [a, b] = [k % half, (half - k) % half];
      const [evenRe, evenIm] = [(re[a]! + re[b]!) / 2, (im[a]! - im[b]!) / 2];
      const [oddRe, oddIm] = [(im[a]! + im[b]!) / 2, (re[b]! - re[a]!) / 2];
      const [c, s] = [this.#cosines[k]!, this.#sines[k]!];
      const [x, y] = [evenRe + oddRe * c - oddIm * s, evenIm + oddRe * s + oddIm * c];
      output[k] = x * x + y * y;
    }
  }

  /** Stockham's form: each pass leaves its results in order, so that nothing has to be permuted afterwards. */
  #transform(): void {
    let [length, stride] = [this.length / 2, 1];
    for (const radix of this.#radices) {
      const parts = length / radix;
      const pass = radix === 4 ? this.#by4 : this.#byAny;
      for (let p = 0; p < parts; p++) for (let q = 0; q < stride; q++) pass.call(this, radix, p, q, parts, stride);
      [this.#re, this.#nextRe] = [this.#nextRe, this.#re];
      [this.#im, this.#nextIm] = [this.#nextIm, this.#im];
      length = parts;
      stride *= radix;
    }
  }

  #byAny(radix: number, p: number, q: number, parts: number, stride: number): void {
    const step = this.length / (parts * radix); // of the twiddles' table, a turn of this pass
    const [re, im, cosines, sines] = [this.#re, this.#im, this.#cosines, this.#sines];
    for (let j = 0; j < radix; j++) {
      let [x, y] = [0, 0];
      for (let k = 0; k < radix; k++) {
        const at = q + stride * (p + k * parts);
        const turn = ((j * k) % radix) * (this.length / radix);
        x += re[at]! * cosines[turn]! - im[at]! * sines[turn]!;
        y += re[at]! * sines[turn]! + im[at]! * cosines[turn]!;
      }
      this.#put(q + stride * (radix * p + j), p * j * step, x, y);
    }
  }

  /** As #byAny with a radix of 4, whose turns need no products. */
  #by4(_radix: number, p: number, q: number, parts: number, stride: number): void {
    const [re, im] = [this.#re, this.#im];
    const [a, gap] = [q + stride * p, stride * parts];
    const [b, c, d] = [a + gap, a + 2 * gap, a + 3 * gap];
    const [x0, y0, x1, y1] = [re[a]! + re[c]!, im[a]! + im[c]!, re[a]! - re[c]!, im[a]! - im[c]!];
    const [x2, y2, x3, y3] = [re[b]! + re[d]!, im[b]! + im[d]!, re[b]! - re[d]!, im[b]! - im[d]!];
    const step = this.length / (parts * 4);
    const to = q + stride * 4 * p;
    this.#put(to, 0, x0 + x2, y0 + y2);
    this.#put(to + stride, p * step, x1 + y3, y1 - x3);
    this.#put(to + 2 * stride, 2 * p * step, x0 - x2, y0 - y2);
    this.#put(to + 3 * stride, 3 * p * step, x1 - y3, y1 + x3);
  }

  #put(to: number, turn: number, x: number, y: number): void {
    const [c, s] = [this.#cosines[turn % this.length]!, this.#sines[turn % this.length]!];
    this.#nextRe[to] = x * c - y * s;
    this.#nextIm[to] = x * s + y * c;
  }
}
