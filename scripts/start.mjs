// `npm start [-- --no-editor] [-- --no-password]`: sets everything up, shows a completion and a chat answer, opens an editor.
import { exitWithError, SetupError } from './setup/errors.mjs';
import { plans, setUp } from './setup/index.mjs';
import { vsixStep } from './package/vsix.mjs';
import { platformKey } from './setup/paths.mjs';
import { workbench } from './setup/steps/workbench.mjs';
import { findDesktopCode, openDesktop, serveEditor } from './start/editor.mjs';
import { showDemo } from './start/demo.mjs';

const options = new Set(process.argv.slice(2));
const unknown = [...options].filter((option) => !['--no-editor', '--no-password'].includes(option));
if (unknown.length > 0) {
  process.stderr.write(`invalid_argument: Unknown option ${unknown[0]}. Options: --no-editor, --no-password.\n`);
  process.exit(2);
}

async function main() {
  const wantsEditor = !options.has('--no-editor');
  const code = wantsEditor ? findDesktopCode() : undefined;
  if (wantsEditor && !code && process.platform === 'darwin') throw noEditor();
  const paths = await setUp(wantsEditor && !code ? [...plans.start, workbench, vsixStep(platformKey())] : plans.start);
  await showDemo(paths);
  if (!wantsEditor) return;
  if (code) return openDesktop(code, paths);
  const { workbenchPaths } = await import('../test/editor/workbench/install.mjs');
  await serveEditor(paths, workbenchPaths(paths.workbench), { password: !options.has('--no-password') });
}

/** code-server, which Linux gets instead, is not made for macOS. */
const noEditor = () =>
  new SetupError(
    'tool_missing',
    'There is no VS Code on this Mac.',
    'Install it, or name its command in PTERON_CODE; npm start -- --no-editor shows the terminal part without it.',
  );

await main().catch(exitWithError);
