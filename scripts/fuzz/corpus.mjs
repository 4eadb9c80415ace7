/** The committed corpus: the fewest, smallest inputs that reach all code that a campaign reached. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A target; what is larger stays out, and after that the largest. */
const mostBytes = 400_000;
const mostFileBytes = 12_000;

/** @param {string} work build/fuzz @param {string} destination gets a folder a target */
export function keepCorpus(work, destination) {
  for (const target of ['graph', 'program']) {
    const merged = join(work, 'merged', target);
    rmSync(merged, { recursive: true, force: true });
    mkdirSync(merged, { recursive: true });
    const kept = join(destination, target);
    mkdirSync(kept, { recursive: true });
    const sources = [kept, join(work, 'corpus', target), join(work, 'seeds', target)];
    const fuzzer = join(work, 'native', 'fuzz', `pteron_fuzz_${target}`);
    spawnSync(fuzzer, ['-merge=1', '-timeout=60', '-rss_limit_mb=4096', merged, ...sources], {
      cwd: work,
      stdio: 'inherit',
    });
    replace(merged, kept);
  }
}

/** Files named after what they are for (as those of former findings are) stay; libFuzzer's names are hashes. */
function replace(merged, kept) {
  for (const name of readdirSync(kept)) if (/^[0-9a-f]{40}$/.test(name)) rmSync(join(kept, name));
  const files = readdirSync(merged).map((name) => ({ name, bytes: statSync(join(merged, name)).size }));
  let room = mostBytes;
  for (const { name, bytes } of files.sort((a, b) => a.bytes - b.bytes)) {
    if (bytes > mostFileBytes || bytes > room) continue;
    room -= bytes;
    copyFileSync(join(merged, name), join(kept, name));
  }
}
