/**
 * ExecuTorch's own MLX operator tests: every configuration of every class that its wheel registers, with our kernels and with
 * libmlx alone; on a Mac on the official delegate, through Metal. The cases were exported by set-up (generate.py); a device runs in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addonPath } from '../../src/engine/native/loader';

interface Result {
  readonly id: string;
  readonly class: string;
  readonly name: string;
  readonly error: string | null;
}

const cases = process.env.PTERON_MLX_OP_CASES!;
const scratch = mkdtempSync(join(tmpdir(), 'pteron-mlx-ops-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const classes = [
  ...new Set((JSON.parse(readFileSync(join(cases, 'cases.json'), 'utf8')) as Result[]).map((c) => c.class)),
];

const onMac = process.platform === 'darwin';
/** Caches outside the graph, which the official library does not offer to applications. */
const refused = onMac ? ['update_and_attend'] : [];

describe.each(onMac ? ['metal'] : ['cpu', 'cpu-libmlx'])('on %s', (device) => {
  let results: Result[] = [];
  beforeAll(() => {
    const report = join(scratch, `${device}.json`);
    const { stderr } = spawnSync(process.execPath, [join(__dirname, 'runCases.mjs'), cases, addonPath(), report], {
      env: { ...process.env, PTERON_DEVICE: device },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    results = (JSON.parse(readFileSync(report, 'utf8')) as { results: Result[] }).results;
  });

  test.each(refused)('%s is refused with a code', (name) => {
    const errors = results.filter((result) => result.class === name).map(({ error }) => error);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(/^unsupported_cache: /);
  });

  test.each(classes.filter((name) => !refused.includes(name)))('%s', (name) => {
    const own = results.filter((result) => result.class === name);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ error }) => error !== null).map((result) => `${result.name}: ${result.error}`)).toEqual([]);
  });
});
