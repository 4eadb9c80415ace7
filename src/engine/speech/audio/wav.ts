/** WAV files: data from outside, so every size in them is checked. Source of the format: Microsoft's RIFF specification. */
import { audioInvalid } from './errors';

export interface Sound {
  /** One channel, the mean of all, −1 … 1. */
  readonly samples: Float32Array;
  readonly rate: number;
}

interface Format {
  readonly kind: 'pcm' | 'float';
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

const mostChannels = 32;
const rates = { least: 1000, most: 768_000 };

/** @throws audio_invalid */
export function parseWav(file: Uint8Array): Sound {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE')
    throw audioInvalid('it is no WAV file');
  const { format, data } = findChunks(view);
  const { channels, bits, rate } = format;
  const frames = Math.floor(data.byteLength / (channels * (bits / 8)));
  if (frames === 0) throw audioInvalid('it holds no samples');
  return { samples: mixed(data, format, frames), rate };
}

function findChunks(view: DataView): { format: Format; data: DataView } {
  let format: Format | undefined;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const [id, size] = [tag(view, at), view.getUint32(at + 4, true)];
    const [start, rest] = [at + 8, view.byteLength - at - 8];
    if (id === 'fmt ') format = readFormat(view, start, Math.min(size, rest));
    if (id === 'data') {
      if (!format) throw audioInvalid('its format is not stated before its samples');
      if (size > rest && !isUnknown(size)) throw audioInvalid(`it is cut off: ${rest} of ${size} bytes are there`);
      return { format, data: new DataView(view.buffer, view.byteOffset + start, Math.min(size, rest)) };
    }
    at = start + size + (size % 2);
  }
  throw audioInvalid('it has no samples');
}

/** What programs write that do not know the length beforehand, because they write into a pipe. */
const isUnknown = (size: number): boolean => size >= 0x7fff_0000;

function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16) throw audioInvalid('its format is cut off');
  const extensible = view.getUint16(at, true) === 0xfffe && size >= 26;
  const code = view.getUint16(extensible ? at + 24 : at, true);
  const kind = code === 1 ? 'pcm' : code === 3 ? 'float' : undefined;
  const [channels, rate] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  const bits = view.getUint16(at + 14, true);
  if (!kind) throw audioInvalid(`its encoding (${code}) is not supported`);
  if (channels < 1 || channels > mostChannels) throw audioInvalid(`it has ${channels} channels`);
  if (rate < rates.least || rate > rates.most) throw audioInvalid(`it has ${rate} samples a second`);
  if (!(kind === 'pcm' ? [8, 16, 24, 32] : [32, 64]).includes(bits)) throw audioInvalid(`it has ${bits} bits a sample`);
  return { kind, channels, rate, bits };
}

function mixed(data: DataView, format: Format, frames: number): Float32Array {
  const read = readerOf(data, format);
  const { channels, bits } = format;
  const samples = new Float32Array(frames);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += bits / 8) sum += read(at);
    if (!Number.isFinite(sum)) throw audioInvalid('it holds samples that are no numbers');
    samples[frame] = sum / channels;
  }
  return samples;
}

function readerOf(data: DataView, { kind, bits }: Format): (at: number) => number {
  if (kind === 'float') return bits === 32 ? (at) => data.getFloat32(at, true) : (at) => data.getFloat64(at, true);
  switch (bits) {
    case 8: // unsigned, alone of all
      return (at) => (data.getUint8(at) - 128) / 128;
    case 16:
      return (at) => data.getInt16(at, true) / 32_768;
    case 24:
      return (at) => (data.getUint16(at, true) + data.getInt8(at + 2) * 65_536) / 8_388_608;
    default:
      return (at) => data.getInt32(at, true) / 2_147_483_648;
  }
}

const tag = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
