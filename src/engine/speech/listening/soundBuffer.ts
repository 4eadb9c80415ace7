import { speechRate } from '../audio/decodeAudio';

/** A sound that grows at its end and is dropped at its beginning. Positions are samples since the sound began. */
export class SoundBuffer {
  #samples = new Float32Array(8 * speechRate);
  #start = 0;
  #length = 0;

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#start + this.#length;
  }

  append(samples: Float32Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#samples.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#samples.length));
      larger.set(this.#samples.subarray(0, this.#length));
      this.#samples = larger;
    }
    this.#samples.set(samples, this.#length);
    this.#length = needed;
  }

  /** A copy of what of it is still there. */
  slice(from: number, to: number): Float32Array {
    const [begin, end] = [from, to].map((at) => Math.min(this.#length, Math.max(0, at - this.#start)));
    return this.#samples.slice(begin, end);
  }

  /** Forgets what lies before `position`. */
  dropBefore(position: number): void {
    const dropped = Math.min(this.#length, Math.max(0, position - this.#start));
    this.#samples.copyWithin(0, dropped, this.#length);
    this.#start += dropped;
    this.#length -= dropped;
  }
}
