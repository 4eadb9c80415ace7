/** Somebody who speaks into the workbench's microphone: the keys they press, and clips played into a virtual microphone. */
import { join } from 'node:path';
import type { VoiceState } from '../../../src/extension/voice/state';
import type { SoundServer } from '../../models/support/soundServer';
import { root } from './paths';
import { until } from './until';
import type { Workbench } from './workbench';

const clips = join(root, 'test', 'fixtures', 'speech', 'editor');
export const virtualMicrophone = 'Desk';
/** As a keyboard repeats a key that is held. */
const repeatMs = 40;

type Idle = Extract<VoiceState, { kind: 'idle' }>;

export class Speaker {
  constructor(
    private readonly workbench: Workbench,
    private readonly sound: SoundServer,
  ) {}

  async state(): Promise<VoiceState> {
    return (await this.workbench.probe.api()).voice;
  }

  untilState(...kinds: readonly VoiceState['kind'][]): Promise<VoiceState> {
    return until(`the microphone is ${kinds.join(' or ')}`, async () => {
      const state = await this.state();
      return kinds.includes(state.kind) ? state : undefined;
    });
  }

  /** What came of it. */
  async untilDone(): Promise<Idle['last']> {
    const done = await until('what was said is done', async () => {
      const state = await this.state();
      return state.kind === 'idle' && state.last ? state : undefined;
    });
    return done.last;
  }

  tap(): Promise<void> {
    return this.workbench.page.keyboard.press('Control+Alt+Space');
  }

  /** Plays a clip to its end. */
  play(clip: string): Promise<void> {
    return this.sound.play(join(clips, `${clip}.wav`), virtualMicrophone);
  }

  /** Taps, says it, taps again, and waits for what comes of it. */
  async say(clip: string): Promise<Idle['last']> {
    await this.utter(clip);
    return this.untilDone();
  }

  /** Taps, says it, and taps again. */
  async utter(clip: string): Promise<void> {
    await this.tap();
    await this.untilState('listening', 'speech');
    await this.play(clip);
    await this.tap();
  }

  /** Holds the key while saying it, and lets it go. */
  async hold(clip: string): Promise<Idle['last']> {
    const { keyboard } = this.workbench.page;
    for (const key of ['Control', 'Alt', 'Space']) await keyboard.down(key);
    await new Promise((resolve) => setTimeout(resolve, 400));
    // Not one after the other: a slow answer must not look like a key that was let go.
    const repeats: Promise<void>[] = [];
    const timer = setInterval(() => repeats.push(keyboard.down('Space')), repeatMs);
    await this.untilState('listening', 'speech');
    await this.play(clip);
    clearInterval(timer);
    await Promise.all(repeats);
    for (const key of ['Space', 'Alt', 'Control']) await keyboard.up(key);
    return this.untilDone();
  }
}
