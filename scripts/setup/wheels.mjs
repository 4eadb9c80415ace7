/** Unpacks pinned PyPI packages into a folder: pip fetches them and checks each file against its SHA-256. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderBytes } from './files.mjs';
import { platformTags } from './pins.mjs';

/**
 * The platform and Python version are named, so that every machine gets the same files, whatever its Python.
 *
 * @param {import('./runner.mjs').Context} context
 * @param {string} folder an existing, empty folder that the caller moves into place afterwards
 * @param {import('./pins.mjs').Pin[]} pins
 * @param {string} [platform] whose files, where it is not this machine's
 */
export async function unpackWheels({ paths, progress, command }, folder, pins, platform = paths.key) {
  const temporary = join(folder, '.tmp');
  await mkdir(temporary);
  const requirements = join(temporary, 'requirements.txt');
  await writeFile(requirements, pins.map(requirementLine).join(''));
  const total = pins.reduce((sum, pin) => sum + pin.bytes, 0);
  const names = pins.length > 2 ? `${pins.length} packages` : pins.map((pin) => pin.name).join(', ');
  const watch = setInterval(async () => {
    progress.bytes(`fetching ${names}`, await folderBytes(temporary), total);
  }, 1000);
  try {
    await command(
      paths.python,
      [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-cache-dir'],
        ...['--target', folder, '--no-deps', '--no-compile', '--only-binary=:all:', '--python-version', '3.11'],
        ...platformTags[platform].flatMap((tag) => ['--platform', tag]),
        ...['--require-hashes', '--requirement', requirements],
      ],
      { env: { TMPDIR: temporary, PIP_PROGRESS_BAR: 'off' }, onLine: () => {} },
    );
  } finally {
    clearInterval(watch);
  }
  await rm(temporary, { recursive: true, force: true });
}

function requirementLine({ name, version, sha256 }) {
  return `${name}==${version} ${sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`;
}
