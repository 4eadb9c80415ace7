/** What is spoken into a virtual microphone, recognized by a real model, in a real editor. Needs what completion.test.ts needs, Whisper base and PulseAudio. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SoundServer, startSoundServer } from '../models/support/soundServer';
import { explainFailures } from './harness/explain';
import { Speaker, virtualMicrophone } from './harness/speaker';
import { until, untilMatches } from './harness/until';
import { Workbench } from './harness/workbench';
import { samples } from './samples';

let sound: SoundServer;
let workbench: Workbench;
let speaker: Speaker;
explainFailures(() => workbench);
beforeAll(async () => {
  sound = await startSoundServer();
  await sound.plugIn(virtualMicrophone);
  await sound.makeDefault(virtualMicrophone);
  workbench = await Workbench.start({
    files: samples,
    env: sound.environment,
    settings: {
      'editor.quickSuggestions': false,
      'pteron.completion.enabled': false,
      'pteron.chat.temperature': 0,
      'pteron.voice.language': 'en',
    },
  });
  speaker = new Speaker(workbench, sound);
});
afterAll(async () => {
  await workbench?.stop();
  await sound?.stop();
});

const file = 'sequences.py';
const text = async (): Promise<string> => (await workbench.probe.text(file)) ?? '';
const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
const row = () => workbench.page.locator('.quick-input-list .monaco-list-row');
/** What the microphone in the status bar says. */
const statusText = async (): Promise<string> =>
  (await workbench.page.locator('.statusbar-item[id="pteron.pteron.pteron.voice"]').textContent()) ?? '';

it('runs a command that is spoken while the key is held', async () => {
  await workbench.openFile(file);
  await press('Control+Home');
  const result = await speaker.hold('go-to-line-ten');
  expect(result).toEqual({ kind: 'ran', title: 'Go to Line or Symbol: line 10' });
  expect(await workbench.probe.selection()).toMatchObject({ line: 9, character: 0 });
  await workbench.screenshot('voice-command');
});

it('writes where the cursor is when the key is let go, though it came from and goes elsewhere, and one undo takes it back', async () => {
  const before = await text();
  const expected = `${before.slice(0, before.lastIndexOf('retur'))}return fibonacci(n - 1)`;
  await press('Control+Home');
  await speaker.tap();
  await speaker.untilState('listening');
  const played = speaker.play('return-fibonacci');
  await speaker.untilState('speech');
  await press('Control+End');
  for (let n = 0; n < 'retur'.length; n++) await press('Shift+ArrowLeft'); // to be replaced
  await until('text is shown on the way', async () => {
    const state = await speaker.state();
    return 'confirmed' in state && /return fib/i.test(state.confirmed + state.tentative);
  });
  await workbench.screenshot('voice-partial-text');
  await played;
  await speaker.tap();
  await press('Control+Home');
  await workbench.page.keyboard.type('# typed meanwhile\n');
  expect(await speaker.untilDone()).toMatchObject({ kind: 'inserted' });
  expect(await text()).toBe(`# typed meanwhile\n${expected}`);
  expect(await workbench.probe.selection()).toMatchObject({ line: 1, character: 0 }); // the cursor stayed with its user
  await workbench.screenshot('voice-dictated');
  await press('Control+Z');
  await until('the dictation is undone', async () => (await text()) === `# typed meanwhile\n${before}`);
  await until('what was typed is undone, too', async () => {
    if ((await text()) === before) return true;
    await press('Control+Z');
    return false;
  });
});

it('asks before what is dangerous, runs it when told to, and takes it back', async () => {
  const before = await text();
  await press('Control+End');
  await speaker.utter('replace-all');
  await row().filter({ hasText: 'Replace All in File' }).waitFor();
  await workbench.screenshot('voice-confirmation');
  expect(await text()).toBe(before);
  const replaced = before.replaceAll('count', 'total');
  // Two words are little to be sure of: the model refuses a guess now and then, and the question waits.
  await until('it is told to', async () => (await speaker.say('run-it'))?.kind === 'ran');
  await until('it is replaced', async () => (await text()) === replaced);
  await speaker.say('scratch-that');
  await until('it is taken back', async () => (await text()) === before);
});

it('does nothing for silence, and says why', async () => {
  const before = await text();
  await speaker.tap();
  await speaker.untilState('listening');
  await new Promise((resolve) => setTimeout(resolve, 700));
  await workbench.screenshot('voice-listening');
  await speaker.tap();
  expect(await speaker.untilDone()).toMatchObject({ kind: 'nothing', reason: 'no_sound' });
  await until('the status bar says so', async () => (await statusText()).includes('no sound from the microphone'));
  await workbench.screenshot('voice-silence');
  expect(await text()).toBe(before);
});

it('throws away what is being said on Escape', async () => {
  const before = await text();
  await speaker.tap();
  await speaker.untilState('listening');
  await press('Escape');
  expect(await speaker.untilDone()).toEqual({ kind: 'cancelled' });
  expect(await text()).toBe(before);

  // A terminal takes keys for its shell: not these.
  await workbench.probe.command('workbench.action.terminal.new');
  await workbench.page.locator('.terminal-wrapper.active .xterm').click();
  await workbench.page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
  await speaker.tap();
  await speaker.untilState('listening');
  await press('Escape');
  expect(await speaker.untilDone()).toEqual({ kind: 'cancelled' });
  await workbench.probe.command('workbench.action.closePanel');
});

it('dictates into the chat’s input box, and sends on command only', async () => {
  const chat = await workbench.openChat();
  await chat.locator('textarea').click();
  expect(await speaker.say('decorator')).toMatchObject({ kind: 'inserted' });
  const box = chat.locator('textarea');
  await untilMatches('it is in the box', () => box.inputValue(), /^what is a decorator in python[.?]?$/i);
  expect(await chat.locator('.turn').count()).toBe(0);
  await workbench.screenshot('voice-chat');
  expect(await speaker.say('send-the-message')).toMatchObject({ kind: 'ran' });
  await chat.locator('.question', { hasText: /what is a decorator in python/i }).waitFor();
  expect(await box.inputValue()).toBe('');
  await workbench.screenshot('voice-chat-sent');
});

it('tells that the engine ended in mid-sentence, and keeps what was heard', async () => {
  await workbench.editor(file).click();
  await speaker.tap();
  await speaker.untilState('listening');
  const played = speaker.play('return-fibonacci');
  await until('something was understood', async () => {
    const state = await speaker.state();
    return 'confirmed' in state && (state.confirmed + state.tentative).length > 8;
  });
  const { engine } = await workbench.probe.api();
  if (engine.kind !== 'running') throw new Error(engine.kind);
  process.kill(engine.pid, 'SIGKILL');
  expect(await speaker.untilDone()).toMatchObject({ kind: 'failed' });
  await played;
  await workbench.page.getByRole('button', { name: 'Insert What Was Heard' }).waitFor();
  await workbench.screenshot('voice-engine-ended');
  await press('Control+Home');
  await workbench.page.getByRole('button', { name: 'Insert What Was Heard' }).click();
  // Of half a sentence the model may hear any end.
  await untilMatches('it is there', text, /^return \w/i);
});

it('shows what can be said', async () => {
  await workbench.probe.command('pteron.voice.cheatSheet');
  const page = workbench.page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
  await page.getByRole('heading', { name: 'Navigation' }).waitFor();
  await workbench.screenshot('voice-cheat-sheet');
});
