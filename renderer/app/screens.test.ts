import { describe, expect, it } from 'vitest';
import { addressOf, keyOfScreen, parseHash, screenOfKey, SCREENS, toHash } from './screens.ts';

const ctrl = (key: string) => ({ key, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false });

describe('screens', () => {
  it('opens the screen of the hash, else the remembered one, else the overview', () => {
    expect(parseHash(toHash(addressOf('queue')), 'tags')).toEqual(addressOf('queue'));
    expect(parseHash('', 'tags')).toEqual(addressOf('tags'));
    expect(parseHash('#/nonsense', '<img onerror>')).toEqual(addressOf('overview'));
    expect(parseHash('', 'andon')).toEqual(addressOf('andon'));
  });

  it('finds a machine and a shift again by their address, whatever the machine is called', () => {
    for (const address of [
      addressOf('oee'),
      addressOf('oee', 'Filler'),
      addressOf('oee', null, 1_790_000_000_000),
      addressOf('oee', 'a/b %41#?shift', 1_790_000_000_000),
      addressOf('oee', 'shift'),
    ])
      expect(parseHash(toHash(address), null)).toEqual(address);
  });

  it('opens a screen for one thing, whatever it is called', () => {
    const tag = { ...addressOf('tags'), detail: 'Filler.Process/Speed #1' };
    expect(parseHash(toHash(tag), null)).toEqual(tag);
  });

  it('takes the line and the running shift for what is no address of a machine or of a shift', () => {
    expect(parseHash('#/oee/machine/', null)).toEqual(addressOf('oee'));
    expect(parseHash('#/oee/machine/%E0%A4%A', null)).toEqual(addressOf('oee'));
    expect(parseHash('#/oee/shift/tomorrow', null)).toEqual(addressOf('oee'));
    expect(parseHash('#/queue/machine/Filler', null)).toEqual(addressOf('queue'));
  });

  it('goes to a screen with Ctrl and its number, to Andon with Ctrl+Shift+A', () => {
    expect(screenOfKey(ctrl('2'))).toBe(SCREENS[1].id);
    expect(keyOfScreen(9)).toBe('Ctrl+0');
    expect(screenOfKey(ctrl(String(SCREENS.length + 1)))).toBeNull();
    expect(screenOfKey(ctrl('a'))).toBeNull();
    expect(screenOfKey({ ...ctrl('2'), ctrlKey: false })).toBeNull();
    expect(screenOfKey({ ...ctrl('2'), shiftKey: true })).toBeNull();
    expect(screenOfKey({ ...ctrl('A'), shiftKey: true })).toBe('andon');
  });
});
