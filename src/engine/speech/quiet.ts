/** −66 dB: what no microphone in use is below. */
export const quietest = 0.0005;

export const isQuiet = (samples: Float32Array): boolean => samples.every((sample) => Math.abs(sample) < quietest);
