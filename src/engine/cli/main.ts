/** The command line's entry: the process's streams, signals and the addon, given to runCli. */
import { compose } from '../compose';
import { loadAddon } from '../native/loader';
import { runCli } from './runCli';

const interrupt = new AbortController();
// Once: a second Ctrl+C ends the process at once.
process.once('SIGINT', () => interrupt.abort());
// A reader that went away (`pteron … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { stdin, stdout, stderr } = process;
const context = { ...compose({ addon: loadAddon }), addon: loadAddon, stdin, stdout, stderr, signal: interrupt.signal };
void runCli(process.argv.slice(2), context).then((status) => {
  process.exitCode = status;
});
