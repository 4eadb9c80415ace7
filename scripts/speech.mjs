/**
 * Measures recognition with the real Whisper base; needs set-up, and espeak-ng and flite besides.
 *
 *     node scripts/speech.mjs parity    20 clips beside transformers → docs/SPEECH.md; exit 1 where something differs
 *     node scripts/speech.mjs voice [--every N] [--set FILE] [--voices A,B] [--verbose]    test/voice's utterances, spoken → docs/VOICE.md
 *
 * --every 4 takes each fourth utterance; --set scores another file, --voices other voices, and both write nothing;
 * --verbose prints what is wrong.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
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

/** What is heard stays in the cache, so that a run that was interrupted goes on. */
async function voice(paths) {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      every: { type: 'string', default: '1' },
      set: { type: 'string' },
      voices: { type: 'string' },
      verbose: { type: 'boolean' },
    },
  });
  const { createListener, scoreSpoken, utteranceSet, voices: usual } = await loadBundled('test/speech/tools.ts');
  process.chdir(paths.root);
  const every = Number(values.every);
  const voices = values.voices?.split(',') ?? usual;
  const sets = values.set ? [resolve(values.set)] : ['utterances', 'held-out', untuned];
  const listener = createListener('whisper-base', join(paths.cache, 'recognitions'));
  const rows = [
    '| Set | Voice | Commands right | Dictation right | Dangerous and run unasked | Dangerous, taken for something harmless |\n|---|---|---|---|---|---|\n',
  ];
  try {
    for (const set of sets) {
      const all = values.set ? JSON.parse(readFileSync(set, 'utf8')) : utteranceSet(set);
      const chosen = all.filter(({ say }, i) => i % (set === untuned ? 1 : every) === 0 && isSpeakable(say));
      const onHeard = (done) => done % 20 === 0 && log(`${set}: ${done} of ${voices.length * chosen.length}`);
      const scores = await scoreSpoken(chosen, voices, listener, onHeard);
      rows.push(...scores.map((score) => spokenRow(values.set ? basename(set) : `test/voice/${set}.json`, score)));
      if (values.verbose) for (const { wrong } of scores) for (const line of wrong) log(line);
    }
  } finally {
    await listener.dispose();
  }
  log(rows.join(''));
  if (values.set || values.voices) return;
  const page = join(paths.root, 'docs/VOICE.md');
  const note = every > 1 ? `\nOf the first two sets one utterance in ${every}.\n` : '';
  writeFileSync(page, withRegion(readFileSync(page, 'utf8'), 'spoken', rows.join('') + note));
  log('Written to docs/VOICE.md');
}

/** By a stranger to the grammar, and no reason for a change: scored whole, always. */
const untuned = 'strangers-2';

/** What a recogniser writes for noise cannot be said. */
const isSpeakable = (say) => /^[^[(♪]*[a-z0-9]/i.test(say);

function spokenRow(name, { voice: speaker, right, wrong, dictated, dangerousRuns, takenForOthers }) {
  const share = (part, all) => (all === 0 ? '' : `${part} of ${all} (${((100 * part) / all).toFixed(1)} %)`);
  const commandsRight = share(right - dictated.right, right + wrong.length - dictated.total);
  const dictationRight = share(dictated.right, dictated.total);
  return `| \`${name}\` | ${speaker} | ${commandsRight} | ${dictationRight} | ${dangerousRuns} | ${takenForOthers} |\n`;
}

const commands = { parity, voice };

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
