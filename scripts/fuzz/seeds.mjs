/** What the fuzzers start from: small programs of ours and of ExecuTorch's operator tests, and the MLX graphs inside. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const headerBytes = 24;
/** Larger programs are mostly weights, in which there is nothing to find. */
const mostBytes = { program: 24_000, graph: 120_000 };

/** @param {string} folder */
const programsIn = (folder) =>
  statSync(folder, { throwIfNoEntry: false })
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.pte'))
        .map((name) => join(folder, name))
    : [];

/** The delegates' payloads in a program file: the magic is at 4, the end at 8. @param {Buffer} program */
export function payloadsOf(program) {
  const payloads = [];
  for (let at = program.indexOf('MLX0'); at >= 0; at = program.indexOf('MLX0', at + 4)) {
    if (at < 4 || at + 12 > program.length) continue;
    const end = Number(program.readBigUInt64LE(at + 4));
    if (end >= headerBytes && at - 4 + end <= program.length) payloads.push(program.subarray(at - 4, at - 4 + end));
  }
  return payloads;
}

function write(folder, content) {
  const name = createHash('sha256').update(content).digest('hex').slice(0, 16);
  writeFileSync(join(folder, name), content);
}

/**
 * @param {string[]} folders with programs
 * @param {string} destination replaced; gets folders `graph` and `program`
 */
export function writeSeeds(folders, destination) {
  rmSync(destination, { recursive: true, force: true });
  const into = (name) => join(destination, name);
  for (const name of ['graph', 'program']) mkdirSync(into(name), { recursive: true });
  for (const path of folders.flatMap(programsIn)) {
    const program = readFileSync(path);
    if (program.length <= mostBytes.program) write(into('program'), program);
    for (const payload of payloadsOf(program)) if (payload.length <= mostBytes.graph) write(into('graph'), payload);
  }
}
