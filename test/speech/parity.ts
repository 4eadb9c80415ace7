/** What Pteron makes of the clips, for `pteron_export.parity.speech` to compare with transformers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../../src/engine/compose';
import { loadAddon } from '../../src/engine/native/loader';
import { tensorOfFloats } from '../../src/engine/native/floats';
import { logMel } from '../../src/engine/speech/features/logMel';
import type { Clip } from './clips';

export const parityModel = 'whisper-base';
const frames = 3000;
/** Greedily, and with digital silence behind a short sound. */
const asTransformers = { temperature: 0, beam: 1, padding: 'silence' } as const;

/**
 * Writes for each clip NAME.wav, NAME.json (language, greedy segments), NAME.features (fp32 [mels, frames]) and NAME.heard (fp16: each
 * decoder layer's keys and values of the first 30 s).
 */
export async function writeOurs(clips: readonly Clip[], folder: string, log: (line: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { engine, registry } = compose({ addon: loadAddon });
  try {
    const { program } = await registry.get(parityModel);
    const input = program.methods.find(({ name }) => name === 'encode')!.inputs[0]!;
    for (const { spec, wav, samples } of clips) {
      const write = (kind: string, data: Uint8Array | string) =>
        writeFileSync(join(folder, `${spec.name}.${kind}`), data);
      write('wav', wav);
      const isLong = samples.length > frames * 160;
      const { values } = await logMel(samples, input.shape[1]!, isLong ? undefined : frames);
      write('features', new Uint8Array(values.buffer));
      const first = await logMel(samples.subarray(0, frames * 160), input.shape[1]!, frames);
      const heard = await program.run('encode', [tensorOfFloats(first.values, input)]);
      write('heard', Buffer.concat(heard.map(({ data }) => data)));
      const { segments, language, seconds } = await engine.transcribe({
        model: parityModel,
        samples,
        ...asTransformers,
      });
      write(
        'json',
        JSON.stringify({
          language,
          seconds,
          segments: segments.map(({ start, end, tokens }) => ({ start, end, tokens })),
        }),
      );
      log(`${spec.name}: ${seconds.toFixed(1)} s, ${segments.map(({ text }) => text).join(' ')}`);
    }
  } finally {
    await engine.dispose();
  }
}
