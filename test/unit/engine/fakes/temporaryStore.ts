/** A model store in a temporary folder, filled from the committed tiny models. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const fixtures = join(import.meta.dirname, '../../../fixtures/models');

export interface TemporaryStore {
  readonly home: string;
  /** Copies a tiny model into the store, with changes to its model.json. Returns its folder. */
  add(fixture: string, changes?: Record<string, unknown>): Promise<string>;
  remove(): Promise<void>;
}

export async function temporaryStore(): Promise<TemporaryStore> {
  const home = await mkdtemp(join(tmpdir(), 'pteron-store-'));
  return {
    home,
    async add(fixture, changes = {}) {
      const manifest = JSON.parse(await readFile(join(fixtures, fixture, 'model.json'), 'utf8')) as { id: string };
      const changed = { ...manifest, ...changes };
      const folder = join(home, 'models', changed.id);
      await mkdir(folder, { recursive: true });
      await cp(join(fixtures, fixture), folder, { recursive: true });
      await writeFile(join(folder, 'model.json'), JSON.stringify(changed));
      return folder;
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
