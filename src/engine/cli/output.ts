/** How results reach the terminal: one JSON object, JSON Lines, or text for people. */
import type { GenerationResult } from '../../protocol';

export function printJson(stdout: NodeJS.WritableStream, value: unknown): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}

/** Columns as wide as their widest cell; numbers to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return `${cells.map(line).join('\n')}\n`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  const value = bytes / 1000 ** power;
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[power - 1]}`;
}

/** One line for people: speed, and what was reused. */
export function summarizeTimings({ finish, timings }: GenerationResult): string {
  const { promptTokens, reusedTokens, firstTokenMs, generatedTokens, decodeMs } = timings;
  const speed = generatedTokens > 1 ? `${(generatedTokens / (decodeMs / 1000)).toFixed(1)} tokens/s, ` : '';
  const prompt = `prompt ${promptTokens} tokens (${reusedTokens} reused)`;
  return `[${finish}: ${generatedTokens} tokens, ${speed}first after ${firstTokenMs.toFixed(0)} ms, ${prompt}]`;
}
