/** One line that says what is going on: rewritten in place on a terminal, repeated every few seconds elsewhere. */
import { formatBytes } from './errors.mjs';

const quietMs = 5000;

export function formatSeconds(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

export class Progress {
  #started = performance.now();
  #printed = performance.now();
  #line = '';
  #timer;

  /** @param {string} label @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} [stream] */
  constructor(label, stream = process.stdout) {
    this.label = label;
    this.stream = stream;
    this.#timer = setInterval(() => this.#show(), stream.isTTY ? 500 : quietMs);
    this.#timer.unref?.();
    stream.write(stream.isTTY ? `${label} …` : `${label} …\n`);
  }

  get elapsedMs() {
    return performance.now() - this.#started;
  }

  /** What is being done now, e.g. a package's name. */
  text(line) {
    this.#line = line.trim();
    this.#show();
  }

  /** @param {number} done bytes @param {number} [total] bytes */
  bytes(what, done, total) {
    this.text(
      total
        ? `${what} ${formatBytes(Math.min(done, total))} of ${formatBytes(total)} (${Math.min(99, Math.floor((100 * done) / total))} %)`
        : `${what} ${formatBytes(done)}`,
    );
  }

  finish(line) {
    clearInterval(this.#timer);
    this.#write(`${line} (${formatSeconds(this.elapsedMs)})`, true);
  }

  fail() {
    clearInterval(this.#timer);
    if (this.stream.isTTY) this.stream.write('\n');
  }

  #show() {
    if (!this.stream.isTTY && performance.now() - this.#printed < quietMs - 50) return;
    this.#printed = performance.now();
    this.#write(`${this.#line ? `${this.#line} · ` : ''}${formatSeconds(this.elapsedMs)}`, false);
  }

  #write(text, last) {
    const line = `${this.label}: ${text}`;
    if (!this.stream.isTTY) this.stream.write(`${line}\n`);
    else this.stream.write(`\r\x1b[2K${line.slice(0, (this.stream.columns ?? 100) - 1)}${last ? '\n' : ''}`);
  }
}
