import { readFile } from 'node:fs/promises';
import { PteronError } from '../../protocol';

/** @throws file_not_found */
export async function readInput(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EISDIR' ? 'is a folder' : cause.code === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new PteronError('file_not_found', `The file ${path} ${why}.`, 'Check its path.', { cause });
  });
}
