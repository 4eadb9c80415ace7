/**
 * A long sound in windows that the encoder hears at once: each with some sound before and behind what is decoded of it, so that
 * every frame is heard with its surroundings, and decoded once. Source: NeMo's buffered inference of transducers.
 */

/** In the encoder's frames, from the sound's beginning. */
export interface Window {
  /** Heard from here to there … */
  readonly from: number;
  readonly to: number;
  /** … and decoded up to here. */
  readonly end: number;
}

/** Of 80 ms: 4 s. */
const surroundings = 50;

/** `total`: frames of the sound; `most`: that are heard at once. */
export function windowsOf(total: number, most: number): Window[] {
  const around = Math.min(surroundings, Math.floor(most / 4));
  const windows: Window[] = [];
  for (let begin = 0; begin < total;) {
    const from = Math.max(0, begin - around);
    const to = Math.min(total, from + most);
    const end = to === total ? total : to - around;
    windows.push({ from, to, end });
    begin = end;
  }
  return windows;
}
