// `npm run package [-- --target darwin-arm64]`: out/pteron-<target>.vsix, holding what ships and nothing else. Linux builds
// the Mac's as well.
import { parseArgs } from 'node:util';
import { vsixPath } from './package/vsix.mjs';
import { exitWithError } from './setup/errors.mjs';
import { packagePlan, setUp } from './setup/index.mjs';
import { platformKey } from './setup/paths.mjs';

const { values } = parseArgs({ options: { target: { type: 'string' } } });

async function main() {
  const target = values.target ?? platformKey();
  const paths = await setUp(packagePlan(target));
  console.log(`\n${vsixPath(paths, target)}\nInstall it with: code --install-extension out/pteron-${target}.vsix`);
}

await main().catch(exitWithError);
