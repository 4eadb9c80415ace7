/** The power spectrum of 400 samples, by a real FFT: 400 real numbers are 200 complex ones, and 200 = 4 · 2 · 5 · 5. */

export const transformLength = 400;
export const bins = transformLength / 2 + 1;
const half = transformLength / 2;
const radices = [4, 2, 5, 5] as const;

/** e^(−2πi · k / 400) for all k. */
const cosines = Float64Array.from({ length: transformLength }, (_, k) => Math.cos((2 * Math.PI * k) / transformLength));
const sines = Float64Array.from({ length: transformLength }, (_, k) => -Math.sin((2 * Math.PI * k) / transformLength));

/** Buffers of one caller; not to be used by two at a time. */
export class PowerSpectrum {
  /** What to transform. */
  readonly input = new Float64Array(transformLength);
  /** |X[k]|², k = 0 … 200, after `compute`. */
  readonly output = new Float64Array(bins);
  #re = new Float64Array(half);
  #im = new Float64Array(half);
  #nextRe = new Float64Array(half);
  #nextIm = new Float64Array(half);

  compute(): void {
    const { input, output } = this;
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
      const [c, s] = [cosines[k]!, sines[k]!];
      const [x, y] = [evenRe + oddRe * c - oddIm * s, evenIm + oddRe * s + oddIm * c];
      output[k] = x * x + y * y;
    }
  }

  /** Stockham's form: each pass leaves its results in order, so that nothing has to be permuted afterwards. */
  #transform(): void {
    let [length, stride] = [half, 1];
    for (const radix of radices) {
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
    const step = transformLength / (parts * radix); // of the twiddles' table, a turn of this pass
    const [re, im] = [this.#re, this.#im];
    for (let j = 0; j < radix; j++) {
      let [x, y] = [0, 0];
      for (let k = 0; k < radix; k++) {
        const at = q + stride * (p + k * parts);
        const turn = ((j * k) % radix) * (transformLength / radix);
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
    const step = transformLength / (parts * 4);
    const to = q + stride * 4 * p;
    this.#put(to, 0, x0 + x2, y0 + y2);
    this.#put(to + stride, p * step, x1 + y3, y1 - x3);
    this.#put(to + 2 * stride, 2 * p * step, x0 - x2, y0 - y2);
    this.#put(to + 3 * stride, 3 * p * step, x1 - y3, y1 + x3);
  }

  #put(to: number, turn: number, x: number, y: number): void {
    const [c, s] = [cosines[turn % transformLength]!, sines[turn % transformLength]!];
    this.#nextRe[to] = x * c - y * s;
    this.#nextIm[to] = x * s + y * c;
  }
}
