/**
 * Another sampling rate, by a polyphase filter: a sinc that passes what both rates can hold, in a Kaiser window. Source:
 * Julius O. Smith, "Digital Audio Resampling", and Kaiser's formula for the window.
 */
import { breathe } from '../breathe';

/** Zero crossings of the sinc on either side, and the window's β: what would fold back is 80 dB down and more. */
const [crossings, beta] = [32, 9];
/** Of the lower rate's half, so that the passage to silence lies below it. */
const cutoff = 0.94;
const outputsAtOnce = 1 << 17;

/** `samples` at the rate `to`; the very array where nothing is to do. Lets the event loop run meanwhile. */
export async function resample(samples: Float32Array, from: number, to: number): Promise<Float32Array> {
  if (from === to) return samples;
  const common = greatestCommonDivisor(from, to);
  const [up, down] = [to / common, from / common];
  const { taps, reach } = filterBank(up, down);
  const width = 2 * reach;
  const result = new Float32Array(Math.max(1, Math.round((samples.length * up) / down)));
  for (let n = 0; n < result.length; n++) {
    if (n % outputsAtOnce === outputsAtOnce - 1) await breathe();
    const first = Math.floor((n * down) / up) - reach + 1;
    const row = ((n * down) % up) * width;
    const begin = Math.max(0, -first);
    const end = Math.min(width, samples.length - first);
    let sum = 0;
    for (let tap = begin; tap < end; tap++) sum += taps[row + tap]! * samples[first + tap]!;
    result[n] = sum;
  }
  return result;
}

/** For each of `up` places between two samples the weights of the 2 · reach samples around it. */
function filterBank(up: number, down: number): { taps: Float64Array; reach: number } {
  const band = cutoff * Math.min(1, up / down); // of the input's half rate
  const reach = Math.ceil(crossings / band);
  const taps = new Float64Array(up * 2 * reach);
  for (let phase = 0; phase < up; phase++) {
    const row = taps.subarray(phase * 2 * reach, (phase + 1) * 2 * reach);
    for (let tap = 0; tap < row.length; tap++) {
      const distance = tap - reach + 1 - phase / up;
      row[tap] = band * sinc(band * distance) * kaiser(distance / reach);
    }
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let tap = 0; tap < row.length; tap++) row[tap] = row[tap]! / sum; // a constant stays what it is
  }
  return { taps, reach };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const kaiser = (x: number): number => (Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta));

/** The modified Bessel function I₀, by its series. */
function bessel(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
