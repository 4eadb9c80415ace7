/** Records from the device that was asked for, from the system's choice while that is away, and from it again when it is back. */
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Microphone } from '../../../protocol';
import type { CaptureFailure } from './messages';
import { type ListedMicrophone, microphonesOf } from './microphones';
import type { Recorder, Recorders } from './recorders';

export interface RecordingEvents {
  onOpened(microphone: Microphone, asWished: boolean): void;
  onSamples(samples: Int16Array): void;
  onChanged(microphone: Microphone): void;
  onFailed(failure: CaptureFailure): void;
}

/** Reads that fail, a second each, before an open device is given up: some need two to begin. */
const patience = 3;
/** Tries to open any device after one has gone, half a second apart: a sound server may be starting anew. */
const attempts = 10;
const retryMs = 500;
/** How often it is looked whether the wished device is back. */
const lookEveryFrames = 60;

export class Recording {
  #recorder: Recorder | undefined;
  #microphone: Microphone | undefined;
  #closed = false;

  /** `wish`: an id; absent: the system's choice. */
  constructor(
    private readonly recorders: Recorders,
    private readonly wish: string | undefined,
    private readonly events: RecordingEvents,
  ) {}

  /** Resolves when it is closed, or has failed. */
  async run(): Promise<void> {
    try {
      this.#open();
      await this.#record();
    } catch (error) {
      if (!this.#closed) this.events.onFailed(await failureOf(error));
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.#recorder?.close();
    this.#recorder = undefined;
  }

  async #record(): Promise<void> {
    let [failures, opened] = [0, false];
    for (let frame = 1; !this.#closed; frame++) {
      const samples = await this.#recorder!.read().catch(() => undefined);
      if (this.#closed) return;
      if (samples) {
        failures = 0;
        if (!opened) this.events.onOpened(this.#microphone!, this.#isWished);
        opened = true;
        this.events.onSamples(samples);
        if (frame % lookEveryFrames === 0) this.#returnToWish();
      } else if (++failures >= patience || !this.#isPresent()) {
        await this.#reopen(opened);
        failures = 0;
      }
    }
  }

  get #isWished(): boolean {
    return this.wish === undefined || this.#microphone?.id === this.wish;
  }

  #list(): ListedMicrophone[] {
    return microphonesOf(this.recorders.devices(), undefined);
  }

  #isPresent(): boolean {
    return this.#list().some(({ id }) => id === this.#microphone?.id);
  }

  /** @throws where there is no device, or none opens */
  #open(): void {
    const listed = this.#list();
    if (listed.length === 0) throw new Error('the system has no input device');
    const wished = listed.find(({ id }) => id === this.wish);
    this.#recorder = this.recorders.open(wished?.index ?? -1);
    const { device } = this.#recorder;
    this.#microphone = wished
      ? { id: wished.id, name: wished.name, isDefault: false }
      : { id: device, name: device, isDefault: true };
  }

  async #reopen(tell: boolean): Promise<void> {
    const before = this.#microphone?.id;
    this.#recorder?.close();
    for (let attempt = 1; ; attempt++) {
      try {
        this.#open();
        break;
      } catch (error) {
        if (attempt === attempts) throw error;
        await wait(retryMs);
        if (this.#closed) return;
      }
    }
    if (tell && this.#microphone!.id !== before) this.events.onChanged(this.#microphone!);
  }

  #returnToWish(): void {
    if (this.#isWished || !this.#list().some(({ id }) => id === this.wish)) return;
    const before = this.#recorder;
    try {
      this.#open();
    } catch {
      return; // it is listed before it can be opened; the other one goes on
    }
    before?.close();
    this.events.onChanged(this.#microphone!);
  }
}

/** What a user can do about it depends on why: devices that are there, but not for this user, are a matter of permission. */
export async function failureOf(error: unknown, devices = '/dev/snd'): Promise<CaptureFailure> {
  const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  const captures = (await readdir(devices).catch(() => [])).filter((name) => /^pcm.*c$/.test(name));
  const refused = await Promise.all(
    captures.map((name) => access(join(devices, name), constants.R_OK).catch(() => true)),
  );
  const isDenied = refused.length > 0 && refused.every((denied) => denied === true);
  return { code: isDenied ? 'microphone_denied' : 'microphone_unavailable', why };
}
