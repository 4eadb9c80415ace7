/** Pteron in a process of its own. */
import { readFileSync } from 'node:fs';
import { loadBundled } from '../../scripts/bundled.mjs';
import { serve, since } from '../worker.mjs';

let engine;
let model;
/** The engine's own where undefined. */
let beam;

serve({
  async load({ id, beam: width }) {
    const { openEngine } = await loadBundled('test/speech/tools.ts');
    const opened = openEngine();
    ({ engine, model, beam } = { engine: opened.engine, model: id, beam: width });
    return { ...opened.runtime, quantization: await opened.quantizationOf(id) };
  },
  async transcribe({ path }) {
    const bytes = readFileSync(path);
    const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const started = performance.now();
    const { text, timings } = await engine.transcribe({ model, samples, language: 'en', beam });
    return { text, seconds: since(started) / 1000, timings };
  },
});
