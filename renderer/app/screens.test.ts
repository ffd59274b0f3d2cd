import { describe, expect, it } from 'vitest';
import { parseHash, screenOfKey, toHash } from './screens.ts';

const ctrl = (key: string) => ({ key, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false });

describe('screens', () => {
  it('opens the screen of the hash, else the remembered one, else the overview', () => {
    expect(parseHash(toHash('queue'), 'tags')).toBe('queue');
    expect(parseHash('', 'tags')).toBe('tags');
    expect(parseHash('#/nonsense', '<img onerror>')).toBe('overview');
  });

  it('goes to a screen with Ctrl and its number', () => {
    expect(screenOfKey(ctrl('2'))).toBe('oee');
    expect(screenOfKey(ctrl('5'))).toBeNull();
    expect(screenOfKey(ctrl('a'))).toBeNull();
    expect(screenOfKey({ ...ctrl('2'), ctrlKey: false })).toBeNull();
    expect(screenOfKey({ ...ctrl('2'), shiftKey: true })).toBeNull();
  });
});
