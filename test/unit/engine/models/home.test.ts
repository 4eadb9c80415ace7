import { describe, expect, it } from 'vitest';
import { resolveHome } from '../../../../src/engine/models/home';

describe('the store’s folder', () => {
  it('is PTERON_HOME where that is set', () => {
    expect(resolveHome({ PTERON_HOME: '/models', HOME: '/home/ada' }, 'linux')).toBe('/models');
  });
  it('is the platform’s place for application data', () => {
    expect(resolveHome({ HOME: '/home/ada' }, 'linux')).toBe('/home/ada/.local/share/pteron');
    expect(resolveHome({ HOME: '/home/ada', XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/pteron');
    expect(resolveHome({ HOME: '/Users/ada' }, 'darwin')).toBe('/Users/ada/Library/Application Support/pteron');
  });
});
