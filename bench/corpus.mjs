/** Python source of any length, the same at every run. */

const nouns = ['order', 'sample', 'user', 'matrix', 'token', 'record', 'path', 'event', 'price', 'signal'];
const verbs = ['merge', 'filter', 'count', 'normalize', 'split', 'sort', 'validate', 'group', 'rank', 'encode'];

function makeFunction(index) {
  const noun = nouns[index % nouns.length];
  const verb = verbs[Math.floor(index / nouns.length) % verbs.length];
  return [
    `def ${verb}_${noun}s_${index}(${noun}s, limit=${10 + (index % 90)}):`,
    `    """${verb[0].toUpperCase()}${verb.slice(1)} up to \`limit\` ${noun}s and return them as a list."""`,
    '    result = []',
    `    for position, ${noun} in enumerate(${noun}s):`,
    '        if position >= limit:',
    '            break',
    `        if ${noun} is not None:`,
    `            result.append((position, ${noun}))`,
    '    return result',
    '',
  ];
}

/** @param {number} lines */
export function makePython(lines) {
  const text = ['"""Generated for measuring."""', ''];
  for (let index = 0; text.length < lines; index++) text.push(...makeFunction(index));
  return `${text.slice(0, lines).join('\n')}\n`;
}
