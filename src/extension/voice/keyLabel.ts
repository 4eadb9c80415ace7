/** The key that package.json binds, as keyboards name it. */
export function keyLabel(platform: NodeJS.Platform): string {
  return platform === 'darwin' ? '⌃⌥Space' : 'Ctrl+Alt+Space';
}
