import { defineConfig } from 'vitest/config';

// Projects by what they need: `unit` and `protocol` nothing built; `native` the addon; `mac` the VSIX for macOS; `models` the bundles, the addon
// and the demo models in the store; `editor` the packaged extension, code-server and a browser as well.
const base = { environment: 'node' as const, testTimeout: 20_000 };

export default defineConfig({
  test: {
    // Two cores are shared by everything: one worker a core, no more.
    maxWorkers: 2,
    projects: [
      { test: { ...base, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { test: { ...base, name: 'protocol', include: ['test/protocol/**/*.test.ts'] } },
      { test: { ...base, name: 'native', include: ['test/native/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { ...base, name: 'mac', include: ['test/mac/**/*.test.ts'] } },
      { test: { ...base, name: 'mlx-ops', include: ['test/mlx-ops/**/*.test.ts'], hookTimeout: 300_000 } },
      {
        test: {
          ...base,
          name: 'models',
          include: ['test/models/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...base,
          name: 'editor',
          include: ['test/editor/**/*.test.ts'],
          globalSetup: ['test/editor/harness/extensions.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
