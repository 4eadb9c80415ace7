/** A rule's arguments with what its slots heard in place of `$slot`. */

export type SlotValues = Readonly<Record<string, unknown>>;

/** `$slot` alone keeps the value's type; `$slot-1` counts from 0; within a string it is text. A slot that is not there stays as written. */
export function filledIn(template: unknown, values: SlotValues): unknown {
  if (typeof template === 'string') return filledString(template, values);
  if (Array.isArray(template)) return template.map((item) => filledIn(item, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filledIn(value, values)]));
}

function filledString(template: string, values: SlotValues): unknown {
  const [, whole, lessOne] = /^\$([a-zA-Z]+)(-1)?$/.exec(template) ?? [];
  if (whole !== undefined && whole in values) {
    const value = values[whole];
    return lessOne && typeof value === 'number' ? value - 1 : value;
  }
  return template.replace(/\$([a-zA-Z]+)/g, (all, name: string) => (name in values ? String(values[name]) : all));
}

/** Whether the arguments use a slot; a slot that they do not use names the target. */
export function uses(template: unknown, name: string): boolean {
  return template !== undefined && new RegExp(`\\$${name}\\b`).test(JSON.stringify(template));
}
