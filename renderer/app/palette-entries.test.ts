import { describe, expect, it } from 'vitest';
import { findEntries, type PaletteEntry, withRecent } from './palette-entries.ts';
import { matchesShortcut } from './shortcut.ts';

const entry = (id: string, title: string, section: PaletteEntry['section'] = 'Screens'): PaletteEntry => ({
  id,
  title,
  section,
  shortcut: null,
  run: () => {},
});
const ENTRIES = [
  entry('tags', 'Tags'),
  entry('queue', 'Queue'),
  entry('export', 'Export the queue', 'On this screen'),
  entry('tag', 'Filler Process/Speed (rpm)', 'Tags'),
];
const idsOf = (query: string, recent: string[] = []): string[] =>
  findEntries(ENTRIES, query, recent).map(({ id }) => id);

describe('palette', () => {
  it('finds by every word in any order, the beginning of a title before its middle', () => {
    expect(idsOf('que')).toEqual(['queue', 'export']);
    expect(idsOf('queue ex')).toEqual(['export']);
    expect(idsOf('speed fill')).toEqual(['tag']);
    expect(idsOf('nothing')).toEqual([]);
  });

  it('takes what is typed as text, also the signs of a pattern', () => {
    expect(idsOf('(rpm)')).toEqual(['tag']);
    expect(idsOf('.*')).toEqual([]);
    expect(idsOf('process/')).toEqual(['tag']);
  });

  it('shows what was chosen last first, as long as it is there', () => {
    expect(idsOf('', ['export', 'gone'])).toEqual(['export', 'tags', 'queue', 'tag']);
    expect(findEntries(ENTRIES, '', ['export'])[0]?.section).toBe('Recent');
    expect(withRecent(['a', 'b', 'c', 'd', 'e'], 'c')).toEqual(['c', 'a', 'b', 'd', 'e']);
    expect(withRecent(['a', 'b', 'c', 'd', 'e'], 'f')).toHaveLength(5);
  });
});

describe('shortcuts', () => {
  const stroke = { key: 'k', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };

  it('fit only with exactly their keys, Cmd for Ctrl', () => {
    expect(matchesShortcut('Ctrl+K', stroke)).toBe(true);
    expect(matchesShortcut('Ctrl+K', { ...stroke, ctrlKey: false, metaKey: true })).toBe(true);
    expect(matchesShortcut('Ctrl+K', { ...stroke, shiftKey: true })).toBe(false);
    expect(matchesShortcut('Ctrl+Shift+K', { ...stroke, key: 'K', shiftKey: true })).toBe(true);
    expect(matchesShortcut('?', { ...stroke, key: '?', ctrlKey: false, shiftKey: true })).toBe(true);
    expect(matchesShortcut('?', { ...stroke, key: '?' })).toBe(false);
  });
});
