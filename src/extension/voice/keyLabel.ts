/** The key that package.json binds, as keyboards name it. On a Mac ⌃⌥Space changes the input source. */
export function keyLabel(platform: NodeJS.Platform): string {
  return platform === 'darwin' ? '⌃⌥V' : 'Ctrl+Alt+Space';
}
