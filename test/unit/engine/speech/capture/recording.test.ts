import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { microphonesOf } from '../../../../../src/engine/speech/capture/microphones';
import type { CaptureFailure } from '../../../../../src/engine/speech/capture/messages';
import { failureOf, Recording } from '../../../../../src/engine/speech/capture/recording';
import type { Recorders } from '../../../../../src/engine/speech/capture/recorders';

/** Devices that are plugged in, and reads that fail before one begins to give sound. */
let devices: string[];
let slowReads: number;
let log: string[];
const recorders: Recorders = {
  devices: () => devices,
  open(index) {
    const device = index < 0 ? devices[0] : devices[index];
    if (device === undefined) throw new Error('PvRecorder failed to initialize.');
    log.push(`open ${device}`);
    let slow = slowReads;
    let closed = false;
    return {
      device,
      async read() {
        await new Promise((resolve) => setImmediate(resolve));
        if (closed) throw new Error('read after close');
        if (slow-- > 0 || !devices.includes(device)) throw new Error('nothing for a second');
        return Int16Array.of(1);
      },
      close() {
        closed = true;
        log.push(`close ${device}`);
      },
    };
  },
};
beforeEach(() => {
  [devices, slowReads, log] = [['Desk', 'Headset'], 0, []];
});

function record(wish?: string) {
  const heard = { samples: 0, failure: undefined as CaptureFailure | undefined };
  const recording = new Recording(recorders, wish, {
    onOpened: ({ id }, asWished) => log.push(`opened ${id} ${asWished}`),
    onSamples: () => void heard.samples++,
    onChanged: ({ id }) => log.push(`changed ${id}`),
    onFailed: (failure) => void (heard.failure = failure),
  });
  return { recording, heard, done: recording.run() };
}

describe('a recording', () => {
  it('waits for a device that takes its time', async () => {
    slowReads = 2;
    const { recording, heard, done } = record();
    await vi.waitFor(() => expect(heard.samples).toBeGreaterThan(3));
    recording.close();
    await done;
    expect(log).toEqual(['open Desk', 'opened Desk true', 'close Desk']);
  });

  it('tells that another device is heard than was wished', async () => {
    const { recording, heard, done } = record('Lost');
    await vi.waitFor(() => expect(heard.samples).toBeGreaterThan(0));
    recording.close();
    await done;
    expect(log).toEqual(['open Desk', 'opened Desk false', 'close Desk']);
  });

  it('moves to the default when its device goes, and back when it returns', async () => {
    const { recording, heard, done } = record('Headset');
    await vi.waitFor(() => expect(heard.samples).toBeGreaterThan(0));
    devices = ['Desk'];
    await vi.waitFor(() => expect(log).toContain('changed Desk'));
    devices = ['Desk', 'Headset'];
    await vi.waitFor(() => expect(log).toContain('changed Headset'));
    recording.close();
    await done;
    expect(log.filter((line) => line.startsWith('open '))).toEqual(['open Headset', 'open Desk', 'open Headset']);
    expect(log.filter((line) => line.startsWith('close '))).toHaveLength(3);
  });

  it('opens a device anew that is there and gives nothing', async () => {
    slowReads = 3;
    const { recording, done } = record();
    await vi.waitFor(() => expect(log.filter((line) => line === 'open Desk').length).toBeGreaterThan(1));
    recording.close();
    await done;
  });

  it('fails where there is no device, or none but plug-ins of ALSA', async () => {
    for (devices of [[], ['Discard all samples (playback) or generate zero samples (capture)']]) {
      const { heard, done } = record();
      await done;
      expect(heard.failure!.why).toBe('the system has no input device');
      expect(heard.failure!.code).toMatch(/^microphone_/);
    }
  });
});

it('names devices, and tells those with the same name apart', () => {
  const listed = microphonesOf(['Webcam', 'Rate Converter Plugin Using Speex Resampler', 'Webcam'], 'Webcam');
  expect(listed).toEqual([
    { id: 'Webcam', name: 'Webcam', isDefault: true, index: 0 },
    { id: 'Webcam #2', name: 'Webcam', isDefault: false, index: 2 },
  ]);
});

it('tells devices that are not there from those that this user may not use', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pteron-snd-'));
  const error = new Error('It does not open.');
  expect(await failureOf(error, folder)).toEqual({ code: 'microphone_unavailable', why: 'It does not open' });
  symlinkSync(join(folder, 'nowhere'), join(folder, 'pcmC0D0c'));
  expect(await failureOf(error, folder)).toMatchObject({ code: 'microphone_denied' });
  writeFileSync(join(folder, 'pcmC1D0c'), '');
  expect(await failureOf(error, folder)).toMatchObject({ code: 'microphone_unavailable' });
  await rm(folder, { recursive: true });
});
