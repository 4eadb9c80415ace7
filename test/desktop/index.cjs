/** What VS Code calls in its extension host (extensionTestsPath): runs the cases and writes a JUnit report. */
const { writeFileSync } = require('node:fs');
const vscode = require('vscode');
const makeCases = require('./cases.cjs');

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function toJunit(results) {
  const cases = results.map(({ name, seconds, error }) => {
    const failure = error ? `<failure message="${escape(error)}"/>` : '';
    return `<testcase name="${escape(name)}" time="${seconds.toFixed(3)}">${failure}</testcase>`;
  });
  return `<testsuite name="desktop">\n${cases.join('\n')}\n</testsuite>\n`;
}

async function runCase({ name, run }) {
  const started = performance.now();
  const error = await run().then(
    () => undefined,
    (thrown) => String(thrown?.stack ?? thrown),
  );
  const seconds = (performance.now() - started) / 1000;
  console.log(`${error ? '✗' : '✓'} ${name} (${seconds.toFixed(1)} s)${error ? `\n${error}` : ''}`);
  return { name, seconds, error };
}

exports.run = async () => {
  const results = [];
  for (const one of makeCases(vscode)) results.push(await runCase(one));
  writeFileSync(process.env.PTERON_REPORT, toJunit(results));
  const failed = results.filter(({ error }) => error).length;
  if (failed > 0) throw new Error(`${failed} of ${results.length} cases failed`);
};
