/**
 * What macOS 14 itself offers, as far as that can be known without a Mac: zig carries the list of libSystem's symbols; for the C++ library
 * the official ExecuTorch libraries are the evidence, which are built for macOS 14 and import from it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readMachO } from './machO.mjs';
import { readStub } from './textStub.mjs';

export const libSystem = '/usr/lib/libSystem.B.dylib';
export const libCxx = '/usr/lib/libc++.1.dylib';

/**
 * Symbols of libc++ that the addon needs and ExecuTorch's libraries do not. All are older than macOS 14 (file streams 12.3,
 * <filesystem> 10.15, the others 10.9, by LLVM's changelog of its ABI for Apple's systems). On a Mac a test compares them with the SDK.
 */
export const moreOfLibCxx = [
  '__ZNSt13runtime_errorC2ERKS_',
  '__ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE6appendEmc',
  '__ZNSt3__113basic_istreamIcNS_11char_traitsIcEEE5seekgENS_4fposI11__mbstate_tEE',
  '__ZNSt3__113basic_istreamIcNS_11char_traitsIcEEE5seekgExNS_8ios_base7seekdirE',
  '__ZNSt3__113basic_istreamIcNS_11char_traitsIcEEE5tellgEv',
  '__ZNSt3__14__fs10filesystem11__file_sizeERKNS1_4pathEPNS_10error_codeE',
  '__ZNSt3__16__sortIRNS_6__lessIiiEEPiEEvT0_S5_T_',
  '__ZNSt3__19to_stringEd',
  '__ZTTNSt3__114basic_ifstreamIcNS_11char_traitsIcEEEE',
  '__ZTVNSt3__114basic_ifstreamIcNS_11char_traitsIcEEEE',
];

/** Symbols of macOS 14's C++ library. @param {string} officialLibraries the folder of the wheel's .dylib files */
export function knownLibCxx(officialLibraries) {
  const files = readdirSync(officialLibraries).filter((name) => name.endsWith('.dylib'));
  const imports = files.flatMap((name) => readMachO(join(officialLibraries, name)).imports);
  return new Set([...moreOfLibCxx, ...imports.filter(({ library }) => library === libCxx).map(({ name }) => name)]);
}

/**
 * @param {{ zig: string, officialLibraries: string }} where
 * @returns {Map<string, Set<string>>} install name → symbols
 */
export function systemLibraries({ zig, officialLibraries }) {
  return new Map([
    [libSystem, readStub(join(zig, '..', 'lib', 'libc', 'darwin', 'libSystem.tbd'))],
    [libCxx, knownLibCxx(officialLibraries)],
  ]);
}
