/** The folder under test and what a Mac has around it: listed by zig on Linux, by the SDK on a Mac. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Surroundings } from '../../scripts/macho/checkFolder.mjs';
import { nodeApiSymbols } from '../../scripts/macho/nodeApi.mjs';
import { libCxx, libSystem, systemLibraries } from '../../scripts/macho/systemLibraries.mjs';
import { readStub } from '../../scripts/macho/textStub.mjs';
import { resolvePaths } from '../../scripts/setup/paths.mjs';

export const paths = resolvePaths();
export const folder = paths.mac.dist;
export const officialLibraries = join(paths.mac.executorch, 'lib');
export const onMac = process.platform === 'darwin';

/** The stub of a system library in the installed SDK. */
export function sdkStub(name: string): Set<string> {
  const sdk = execFileSync('xcrun', ['--show-sdk-path'], { encoding: 'utf8' }).trim();
  return readStub(join(sdk, 'usr', 'lib', name));
}

const sdkLibraries = () =>
  new Map([
    [libSystem, sdkStub('libSystem.B.tbd')],
    [libCxx, sdkStub('libc++.1.tbd')],
  ]);

export const surroundings = (): Surroundings => ({
  system: onMac ? sdkLibraries() : systemLibraries({ zig: paths.mac.zig, officialLibraries }),
  host: nodeApiSymbols,
});
