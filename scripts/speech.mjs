/**
 * Measures recognition with the real Whisper base; needs set-up, and espeak-ng besides.
 *
 *     node scripts/speech.mjs parity    20 clips beside transformers → docs/SPEECH.md; exit 1 where something differs
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBundled } from './bundled.mjs';
import { withRegion } from './generate-voice.mjs';
import { exitWithError, SetupError } from './setup/errors.mjs';
import { plans, setUp } from './setup/index.mjs';
import { whisperFolder } from './setup/steps/model-sources.mjs';

const log = (line) => console.log(line);

async function parity(paths) {
  const { makeClips, writeOurs } = await loadBundled('test/speech/tools.ts');
  const clips = await makeClips(join(paths.root, 'test/speech/clips.json'));
  const folder = mkdtempSync(join(tmpdir(), 'pteron-speech-'));
  try {
    await writeOurs(clips, folder, log);
    const names = clips.map(({ spec }) => spec.name);
    const args = ['-m', 'pteron_export.parity.speech', whisperFolder(paths), folder, ...names];
    const env = { ...process.env, PYTHONPATH: join(paths.root, 'export'), HF_HUB_OFFLINE: '1' };
    const table = execFileSync(paths.python, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const page = join(paths.root, 'docs/SPEECH.md');
    writeFileSync(page, withRegion(readFileSync(page, 'utf8'), 'clips', table));
    log(`${table}Written to docs/SPEECH.md`);
    if (table.includes('**')) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const commands = { parity };

async function main() {
  const command = commands[process.argv[2]];
  if (!command)
    throw new SetupError(
      'invalid_argument',
      `There is no "${process.argv[2] ?? ''}".`,
      `Say one of: ${Object.keys(commands).join(', ')}.`,
    );
  const paths = await setUp(plans.speech);
  process.env.PTERON_ADDON ??= join(paths.nativeDist, 'pteron.node');
  await command(paths);
}

await main().catch(exitWithError);
