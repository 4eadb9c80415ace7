/** The recorder of the system, as far as it is used; behind it @picovoice/pvrecorder-node, which finds its library in dist/lib. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PvRecorder } from '@picovoice/pvrecorder-node';

export interface Recorder {
  /** Its device's name. */
  readonly device: string;
  /** The next 32 ms, 16 kHz. Blocks the thread until they are there; rejects where none come for a second. */
  read(): Promise<Int16Array>;
  close(): void;
}

export interface Recorders {
  /** Names of the input devices. */
  devices(): readonly string[];
  /** `index` of `devices`; −1: the system's choice. @throws where it cannot be opened */
  open(index: number): Recorder;
}

export const frameSamples = 512;
/** Kept by the library while this process is busy: 3 s. */
const bufferedFrames = 100;

/** @throws where the library has no build for this machine */
export async function systemRecorders(): Promise<Recorders> {
  const { PvRecorder } = await import('@picovoice/pvrecorder-node');
  return {
    devices: () => PvRecorder.getAvailableDevices(),
    open(index) {
      const recorder = new PvRecorder(frameSamples, index, bufferedFrames);
      try {
        recorder.start();
      } catch (error) {
        recorder.release();
        throw error;
      }
      return recorderOf(recorder);
    },
  };
}

function recorderOf(recorder: PvRecorder): Recorder {
  let closed = false;
  return {
    device: recorder.getSelectedDevice(),
    async read() {
      // Messages first: once it blocks nothing else runs. The library's own `read` would go on after a release.
      await nextTurn();
      if (closed) throw new Error('the recorder is closed');
      return recorder.readSync();
    },
    close() {
      if (closed) return;
      closed = true;
      // A release without a stop hangs where the device has gone.
      try {
        recorder.stop();
      } catch {
        // It has stopped by itself.
      }
      recorder.release();
    },
  };
}
