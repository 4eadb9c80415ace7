/** One line on a terminal that is overwritten; elsewhere each new step is a line of its own. */
export class ProgressLine {
  private last = '';

  constructor(private readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean }) {}

  show(text: string): void {
    if (text === this.last) return;
    if (this.stream.isTTY) this.stream.write(`\r\x1b[K${text.slice(0, 100)}`);
    else if (step(text) !== step(this.last)) this.stream.write(`${step(text)}\n`);
    this.last = text;
  }

  clear(): void {
    if (this.stream.isTTY && this.last) this.stream.write('\r\x1b[K');
    this.last = '';
  }
}

/** A step without its count, which a log need not hold. */
const step = (text: string) => text.replace(/: [\d.]+ k?[kMGT]?B of .*$/, '');
