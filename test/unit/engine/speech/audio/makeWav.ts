/** WAV files for tests. */
export interface WavOptions {
  readonly rate?: number;
  readonly channels?: number;
  readonly bits?: 8 | 16 | 24 | 32 | 64;
  readonly float?: boolean;
  readonly extensible?: boolean;
}

/** `samples`: interleaved, −1 … 1. */
export function makeWav(samples: readonly number[] | Float32Array, options: WavOptions = {}): Buffer {
  const { rate = 16_000, channels = 1, bits = 16, float = false, extensible = false } = options;
  const data = Buffer.alloc((samples.length * bits) / 8);
  samples.forEach((sample: number, i: number) => write(data, (i * bits) / 8, sample, bits, float));
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : float ? 3 : 1, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(float ? 3 : 1, 24);
  const chunks = [chunk('LIST', Buffer.from('odd')), chunk('fmt ', format), chunk('data', data)];
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

function write(data: Buffer, at: number, sample: number, bits: number, float: boolean): void {
  if (float) return void (bits === 32 ? data.writeFloatLE(sample, at) : data.writeDoubleLE(sample, at));
  if (bits === 8) return void data.writeUInt8(Math.round(sample * 127) + 128, at);
  data.writeIntLE(Math.round(sample * (2 ** (bits - 1) - 1)), at, bits / 8);
}

function chunk(tag: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(tag, 0, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
