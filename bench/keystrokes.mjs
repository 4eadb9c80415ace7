/**
 * What a typed character costs in files of growing length, through the engine's protocol and with the window that the
 * extension itself cuts from the document (src/extension/completion/documentWindow.ts).
 */
import { join } from 'node:path';
import esbuild from 'esbuild';
import { makePython } from './corpus.mjs';
import { summarize } from './statistics.mjs';

const typedText =
  '    total = sum(value * weight for value, weight in zip(values, weights))\n    return total / len(values)\n';

async function loadReadWindow(root) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(root, 'src', 'extension', 'completion', 'documentWindow.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`))
    .readWindow;
}

/** The part of vscode.TextDocument that readWindow needs. */
function documentOf(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offsetAt = ({ line, character }) => starts[line] + character;
  const positionAt = (offset) => {
    const clamped = Math.min(Math.max(offset, 0), text.length);
    let low = 0;
    for (let high = starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= clamped) low = middle;
      else high = middle;
    }
    return { line: low, character: clamped - starts[low] };
  };
  return {
    lineCount: starts.length,
    offsetAt,
    positionAt,
    textBetween: (start, end) => text.slice(offsetAt(start), offsetAt(end)),
  };
}

/**
 * Types `typedText` into the middle of the file, a completion of one token asked for after each character.
 * @returns one row a file: lines, cold first token, and per typed character the time and the tokens computed
 */
export async function measureKeystrokes({ engine, model, root, lineCounts, characters, log }) {
  const readWindow = await loadReadWindow(root);
  const rows = [];
  for (const lines of lineCounts) {
    const file = makePython(lines);
    const at = file.indexOf('\n', file.length >> 1) + 1;
    const ask = async (typed) => {
      const document = documentOf(`${file.slice(0, at)}${typed}\n${file.slice(at)}`);
      const start = performance.now();
      const { prefix, prefixOffset, suffix } = readWindow(document, document.positionAt(at + typed.length));
      const request = {
        model,
        prefix,
        prefixOffset,
        suffix,
        languageId: 'python',
        maxTokens: 1,
        sampling: { temperature: 0 },
      };
      const { timings } = await engine.request('complete', request);
      return { ms: performance.now() - start, computed: timings.promptTokens - timings.reusedTokens, timings };
    };
    const cold = await ask('');
    const each = [];
    for (let length = 1; length <= characters; length++) each.push(await ask(typedText.slice(0, length)));
    rows.push({
      lines,
      coldMs: cold.ms,
      promptTokens: cold.timings.promptTokens,
      ms: summarize(each.map((one) => one.ms)),
      computed: summarize(each.map((one) => one.computed)),
    });
    log(`${lines} lines: cold ${cold.ms.toFixed(0)} ms, a typed character ${rows.at(-1).ms.median.toFixed(1)} ms`);
  }
  return rows;
}
