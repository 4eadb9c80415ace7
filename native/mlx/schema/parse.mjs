// Reads the part of the FlatBuffers schema language that the delegate's schema uses.

/** @returns {{tables: Map<string, Field[]>, union: string[]}} fields in wire order; the union's members in type order. */
export function parseSchema(text) {
  const source = text.replace(/\/\/[^\n]*/g, '');
  const tables = new Map();
  for (const [, name, body] of source.matchAll(/table\s+(\w+)\s*\{([^}]*)\}/g)) tables.set(name, parseFields(body));
  const union = source.match(/union\s+OpNode\s*\{([^}]*)\}/);
  if (!union || tables.size === 0) throw new Error('not the MLX delegate schema: no OpNode union');
  return {
    tables,
    union: union[1]
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  };
}

/** Each field: {name, type, vector, required, nullable, value}. A union takes two wire ids. */
function parseFields(body) {
  const fields = [];
  let id = 0;
  for (const declaration of body
    .split(';')
    .map((line) => line.trim())
    .filter(Boolean)) {
    const match = declaration.match(/^(\w+)\s*:\s*(\[?)(\w+)\]?\s*(?:=\s*([^\s(]+))?\s*(\(required\))?$/);
    if (!match) throw new Error(`cannot read the declaration "${declaration}"`);
    const [, name, bracket, type, value, required] = match;
    if (type === 'OpNode') id += 1; // the union's type byte comes first
    fields.push({
      id,
      name,
      type,
      vector: bracket !== '',
      required: Boolean(required),
      nullable: value === 'null',
      value,
    });
    id += 1;
  }
  return fields;
}
