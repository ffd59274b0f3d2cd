import { describe, expect, it } from 'vitest';
import { encodeHostState, parseHostState } from './host-state.ts';

const parse = (text: string): unknown => parseHostState(new TextEncoder().encode(text));

describe('STATE message', () => {
  it('is read back as written', () => {
    expect(parse(encodeHostState({ isOnline: true, timestampMs: 1_764_000_000_000 }))).toEqual({
      isOnline: true,
      timestampMs: 1_764_000_000_000,
    });
    expect(encodeHostState({ isOnline: false, timestampMs: 5 })).toBe('{"online":false,"timestamp":5}');
  });

  it.each([
    '',
    'ONLINE',
    'OFFLINE',
    'null',
    '[]',
    '{}',
    '{"online":true}',
    '{"online":1,"timestamp":1}',
    '{"online":"true","timestamp":1}',
    '{"online":true,"timestamp":"1"}',
    '{"online":true,"timestamp":1.5}',
    '{"online":true,"timestamp":-1}',
    '{"online":true,"timestamp":1e400}',
  ])('ignores %s', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});
