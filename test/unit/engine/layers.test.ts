import { ESLint } from 'eslint';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Rule ids reported for a file that stands at `path` (an existing one: the project service knows it) with this text. */
async function reported(path: string, text: string): Promise<string[]> {
  const eslint = new ESLint({ cwd: root });
  const [result] = await eslint.lintText(text, { filePath: join(root, path) });
  return result!.messages.map(({ ruleId }) => ruleId ?? 'parse error');
}

const use = (source: string) => `import * as other from '${source}';\nexport default other;\n`;

describe('the linter keeps the layers apart', { timeout: 60_000 }, () => {
  it.each([
    ['src/engine/engine.ts', '../extension/main'],
    ['src/engine/text/lane.ts', '../../extension/log'],
    ['src/extension/main.ts', '../engine/engine'],
    ['src/protocol/types.ts', '../engine/errors'],
    ['src/protocol/types.ts', '../extension/log'],
    ['src/engine/engine.ts', 'vscode'],
    ['src/protocol/types.ts', 'vscode'],
    ['src/engine/engine.ts', '../../dist/native/linux-x64/pteron.node'],
  ])('%s must not import %s', async (path, source) => {
    expect(await reported(path, use(source))).toContain('pteron/layers');
  });

  it.each([
    ['src/engine/engine.ts', '../protocol'],
    ['src/extension/main.ts', '../protocol'],
    ['src/extension/main.ts', './engine/client'],
    ['src/extension/main.ts', 'vscode'],
  ])('%s may import %s', async (path, source) => {
    expect(await reported(path, use(source))).not.toContain('pteron/layers');
  });

  it('sees dynamic imports, re-exports and type imports', async () => {
    expect(
      await reported('src/engine/engine.ts', "export const load = () => import('../extension/main');\n"),
    ).toContain('pteron/layers');
    expect(await reported('src/engine/engine.ts', "export * from '../extension/main';\n")).toContain('pteron/layers');
    expect(await reported('src/engine/engine.ts', "export type Uri = import('vscode').Uri;\n")).toContain(
      'pteron/layers',
    );
  });

  it('lets only src/engine/native load a binary', async () => {
    const text = 'export const load = (path: string) => process.dlopen({ exports: {} }, path);\n';
    expect(await reported('src/engine/engine.ts', text)).toContain('no-restricted-properties');
    expect(await reported('src/engine/native/loader.ts', text)).not.toContain('no-restricted-properties');
  });
});
