/** What is spoken in a real editor, recognized by a real model. Needs what completion.test.ts needs, and Whisper base. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VoiceState } from '../../src/extension/voice/state';
import { explainFailures } from './harness/explain';
import { root } from './harness/paths';
import { until } from './harness/until';
import { Workbench } from './harness/workbench';
import { samples } from './samples';

const clips = join(root, 'test', 'fixtures', 'speech', 'editor');
const folder = mkdtempSync(join(tmpdir(), 'pteron-voice-'));
const microphone = join(folder, 'microphone.wav');

let workbench: Workbench;
explainFailures(() => workbench);
beforeAll(async () => {
  workbench = await Workbench.start({
    files: samples,
    env: { PTERON_MICROPHONE_FILE: microphone },
    settings: { 'editor.quickSuggestions': false, 'pteron.completion.enabled': false, 'pteron.voice.language': 'en' },
  });
});
afterAll(async () => {
  await workbench?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const file = 'sequences.py';
const text = async (): Promise<string> => (await workbench.probe.text(file)) ?? '';
const state = async (): Promise<VoiceState> => (await workbench.probe.api()).voice;

/** Taps the key; the sound's end is the release. */
async function speak(clip: string): Promise<void> {
  copyFileSync(join(clips, `${clip}.wav`), microphone);
  await workbench.page.keyboard.press('Control+Alt+Space');
  await until('it listens', async () => (await state()).kind !== 'idle');
}

const untilDone = async (): Promise<VoiceState> =>
  until('what was said is done', async () => {
    const now = await state();
    return now.kind === 'idle' && now.last ? now : undefined;
  });

it('writes what is dictated at the cursor, spelled as the file spells it, and one undo takes it back', async () => {
  await workbench.openFile(file);
  await workbench.page.keyboard.press('Control+End');
  await workbench.page.keyboard.press('Home');
  await workbench.page.keyboard.press('Shift+End');
  const before = await text();
  await speak('return-fibonacci');
  const partial = workbench.page.locator('.view-line span[class*="ced-"]');
  await partial.first().waitFor();
  await workbench.screenshot('voice-partial-text');
  expect(await untilDone()).toMatchObject({ last: { kind: 'inserted' } });
  const expected = `${before.slice(0, before.lastIndexOf('retur'))}return fibonacci(n - 1)`;
  expect(await text()).toBe(expected);
  await workbench.screenshot('voice-dictated');
  await workbench.page.keyboard.press('Control+Z');
  await until('it is undone', async () => (await text()) === before);
});
