import { type PaletteCommand, voiceCommands } from '../../../protocol';

/** What a command is called: as the palette has it, or read from its id. */
export function titleOf(command: string, palette: readonly PaletteCommand[]): string {
  const own = (voiceCommands as Readonly<Record<string, string>>)[command];
  const entry = palette.find(({ id }) => id === command);
  if (own === undefined && entry) return entry.category ? `${entry.category}: ${entry.title}` : entry.title;
  return own ?? spelledOut(command);
}

/** cursorWordLeft → Cursor Word Left */
function spelledOut(command: string): string {
  const words = (command.split('.').at(-1) ?? command).replace(/([a-z])([A-Z])/g, '$1 $2').split(' ');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}
