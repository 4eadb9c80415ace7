// `npm run setup [-- build|start|cuda|mac|test|bench|fuzz]`: everything that running or testing Pteron needs; start by default.
import { plans, setUp } from './setup/index.mjs';
import { exitWithError } from './setup/errors.mjs';

const name = process.argv[2] ?? 'start';
if (!(name in plans)) {
  process.stderr.write(
    `invalid_argument: There is no plan '${name}'. Choose one of ${Object.keys(plans).join(', ')}.\n`,
  );
  process.exit(2);
}
await setUp(plans[name]).catch(exitWithError);
