/** Compiler and Python from the operating system: installed by apt when run as root, otherwise named with the command. */
import { existsSync } from 'node:fs';
import { isInstalled, probe } from '../command.mjs';
import { SetupError } from '../errors.mjs';

const candidates = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.14'];
const check = 'import sys, venv, ensurepip; print(sys.executable, *sys.version_info[:2])';
let python;

/** The first Python 3.11 to 3.14 that can make virtual environments; PTERON_PYTHON goes first. */
export function findPython() {
  if (python) return python;
  for (const name of [process.env.PTERON_PYTHON, ...candidates].filter(Boolean)) {
    const [path, major, minor] = probe(name, ['-c', check])?.split(' ') ?? [];
    if (Number(major) === 3 && Number(minor) >= 11 && Number(minor) <= 14)
      return (python = { path, minor: Number(minor) });
  }
  return undefined;
}

const hasCompiler = () =>
  process.platform === 'darwin' ? probe('xcode-select', ['-p']) !== undefined : isInstalled('g++');

/** @type {{ what: string, apt: string[], present: () => boolean }[]} */
const base = [
  { what: 'a C++20 compiler', apt: ['g++'], present: hasCompiler },
  {
    what: 'Python 3.11 or newer with venv',
    apt: ['python3', 'python3-venv'],
    present: () => findPython() !== undefined,
  },
];

/** Chromium drives the editor tests; Debian names it chromium. */
export const findChromium = () =>
  [process.env.PTERON_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => path && existsSync(path),
  );

const forTests = [{ what: 'Chromium', apt: ['chromium'], present: () => findChromium() !== undefined }];

/** A sound server without a sound card: a test plays into a virtual microphone. A Mac has no such thing. */
const forSoundTests = [
  {
    what: 'PulseAudio',
    apt: ['pulseaudio', 'pulseaudio-utils'],
    present: () => process.platform === 'darwin' || (isInstalled('pulseaudio') && isInstalled('paplay')),
  },
];

/** Synthetic voices, and readings of LibriVox with what is read; what recognition is measured with. */
const forSpeech = [
  { what: 'espeak-ng', apt: ['espeak-ng'], present: () => isInstalled('espeak-ng') },
  { what: 'flite', apt: ['flite'], present: () => isInstalled('flite') },
  {
    what: "pocketsphinx's recordings",
    apt: ['pocketsphinx-testdata'],
    present: () => existsSync('/usr/share/pocketsphinx/test/data/librivox'),
  },
];

/** @returns {import('../runner.mjs').Step} */
function systemStep(id, title, tools) {
  return {
    id,
    title,
    scope: 'none',
    isCurrent: () => tools.every((tool) => tool.present()),
    async run({ command, progress }) {
      const missing = tools.filter((tool) => !tool.present());
      const packages = missing.flatMap((tool) => tool.apt);
      const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && isInstalled('apt-get');
      if (!canInstall) throw missingTools(missing, packages);
      const env = { DEBIAN_FRONTEND: 'noninteractive' };
      progress.text('reading the package lists');
      await command('apt-get', ['update', '-q'], { env });
      await command('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env });
      return packages.join(', ');
    },
  };
}

export function missingTools(missing, packages, platform = process.platform) {
  const names = missing.map((tool) => tool.what).join(' and ');
  const remedy =
    platform === 'darwin'
      ? 'Install the command line tools (xcode-select --install) and a Python from 3.11 to 3.14, then run the same command again.'
      : `Install them, on Debian or Ubuntu with: sudo apt-get install ${packages.join(' ')}; then run the same command again.`;
  return new SetupError('tool_missing', `Missing: ${names}.`, remedy);
}

export const systemPackages = systemStep('system-packages', 'System packages', base);
export const testSystemPackages = systemStep('test-system-packages', 'System packages for tests', forTests);
export const soundSystemPackages = systemStep(
  'sound-system-packages',
  'System packages for sound tests',
  forSoundTests,
);
export const speechSystemPackages = systemStep('speech-system-packages', 'Voices and recordings', forSpeech);
