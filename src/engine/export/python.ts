import { spawnSync } from 'node:child_process';
import { PteronError } from '../../protocol';

const candidates = ['python3.13', 'python3.12', 'python3.11', 'python3.14', 'python3', 'python'];
const check = 'import sys, venv, ensurepip; print(sys.executable, sys.version_info[0], sys.version_info[1], sep="\\n")';

/** A Python from 3.11 to 3.14 that can make virtual environments; PTERON_PYTHON goes first. @throws python_missing */
export function findPython(env: NodeJS.ProcessEnv = process.env): string {
  const override = env.PTERON_PYTHON;
  for (const name of override ? [override] : candidates) {
    const { status, stdout } = spawnSync(name, ['-c', check], { encoding: 'utf8', env });
    if (status !== 0) continue;
    const [path, major, minor] = stdout.trim().split('\n');
    if (Number(major) === 3 && Number(minor) >= 11 && Number(minor) <= 14) return path!;
  }
  const remedy =
    process.platform === 'darwin'
      ? 'Install one (python.org or Homebrew), or name it with PTERON_PYTHON.'
      : 'Install one (on Debian or Ubuntu: sudo apt-get install python3 python3-venv), or name it with PTERON_PYTHON.';
  throw new PteronError(
    'python_missing',
    override
      ? `PTERON_PYTHON names ${override}, which is no Python from 3.11 to 3.14 with venv.`
      : 'Exporting needs a Python from 3.11 to 3.14 with venv, and none was found.',
    remedy,
  );
}
