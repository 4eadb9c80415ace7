/** The prefix tree in which a Mach-O file lists what it exports: edges carry pieces of names, nodes may end one. */

/** @returns {string[]} names with their leading underscore */
export function readExports(bytes, offset, size) {
  if (size === 0) return [];
  const names = [];
  const pending = [{ node: 0, prefix: '' }];
  const seen = new Set();
  while (pending.length > 0) {
    const { node, prefix } = pending.pop();
    if (node >= size || seen.has(node)) throw new Error('The tree of exported names is damaged.');
    seen.add(node);
    const [terminal, afterLength] = readUleb(bytes, offset + node);
    if (terminal > 0) names.push(prefix);
    pending.push(...edgesAt(bytes, afterLength + terminal, prefix));
  }
  return names;
}

function edgesAt(bytes, start, prefix) {
  const edges = [];
  let at = start + 1;
  for (let n = bytes[start]; n > 0; n--) {
    const end = bytes.indexOf(0, at);
    const [node, next] = readUleb(bytes, end + 1);
    edges.push({ node, prefix: prefix + bytes.toString('utf8', at, end) });
    at = next;
  }
  return edges;
}

/** @returns {[number, number]} the number and where it ends */
function readUleb(bytes, start) {
  let value = 0;
  let at = start;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at];
  }
}
