/** Packs Pteron and the probe as VSIX files and installs them, as a user's editor would. Once for all test files. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import type { TestProject } from 'vitest/node';
import { writeIgnoreFile } from '../../../scripts/package/vsix.mjs';
import { platformKey } from '../../../scripts/setup/paths.mjs';
import { requirePrepared, root, workbench } from './paths';

declare module 'vitest' {
  interface ProvidedContext {
    extensionsFolder: string;
  }
}

const run = promisify(execFile);

async function pack(cwd: string, packagePath: string, extra: { ignoreFile?: string } = {}): Promise<string> {
  const options = { dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false, skipLicense: true };
  await createVSIX({ cwd, packagePath, ...options, ...extra });
  return packagePath;
}

/** vitest's global set-up of the project `editor`. */
export default async function setup(project: TestProject): Promise<() => void> {
  requirePrepared();
  const folder = mkdtempSync(join(tmpdir(), 'pteron-editor-'));
  const extensions = join(folder, 'extensions');
  const config = join(folder, 'config.yaml');
  writeFileSync(config, '');
  const packed = [
    await pack(root, join(folder, 'pteron.vsix'), { ignoreFile: await writeIgnoreFile({ root }, platformKey()) }),
    await pack(join(root, 'test', 'editor', 'probe'), join(folder, 'probe.vsix')),
  ];
  const install = packed.flatMap((vsix) => ['--install-extension', vsix]);
  const folders = ['--config', config, '--user-data-dir', join(folder, 'user'), '--extensions-dir', extensions];
  await run(workbench.node, [workbench.entry, ...folders, ...install, '--force']);
  project.provide('extensionsFolder', extensions);
  return () => rmSync(folder, { recursive: true, force: true });
}
