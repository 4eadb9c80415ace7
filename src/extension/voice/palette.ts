/** The commands that extensions add to the palette. VS Code tells nobody the titles of its own: the engine knows those. */
import type { PaletteCommand } from '../../protocol';

/** What is read of an extension's manifest, which is data of others. */
interface Manifest {
  readonly contributes?: {
    readonly commands?: unknown;
    readonly menus?: { readonly commandPalette?: unknown };
  };
}

interface Contributed {
  readonly command?: unknown;
  readonly title?: unknown;
  readonly category?: unknown;
  readonly when?: unknown;
}

/** Of these the user does not speak: they are what speaking is done with. */
const own = /^pteron\.voice\.(?!cheatSheet|choose)/;

export function extensionCommands(manifests: readonly unknown[], available: ReadonlySet<string>): PaletteCommand[] {
  const found = new Map<string, PaletteCommand>();
  for (const manifest of manifests) {
    const { commands, menus } = (manifest as Manifest | undefined)?.contributes ?? {};
    const hidden = hiddenIn(menus?.commandPalette);
    for (const { command: id, title, category } of contributed(commands)) {
      if (typeof id !== 'string' || !available.has(id) || hidden.has(id) || own.test(id)) continue;
      const text = textOf(title);
      if (text === undefined) continue;
      const group = textOf(category);
      found.set(id, { id, title: text, ...(group === undefined ? {} : { category: group }) });
    }
  }
  return [...found.values()];
}

function contributed(value: unknown): readonly Contributed[] {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return list.filter((entry): entry is Contributed => typeof entry === 'object' && entry !== null);
}

function hiddenIn(menu: unknown): ReadonlySet<unknown> {
  const never = contributed(menu).filter(({ when }) => when === 'false');
  return new Set(never.map(({ command }) => command));
}

/** Localized titles come as `{ value, original }`. */
function textOf(value: unknown): string | undefined {
  const text = typeof value === 'object' && value !== null ? (value as { readonly value?: unknown }).value : value;
  return typeof text === 'string' && text.trim() !== '' ? text.replace(/…$|\.\.\.$/, '') : undefined;
}
