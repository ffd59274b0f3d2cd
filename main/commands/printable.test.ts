import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it('leaves no sign that steers a terminal or turns its text around', () => {
    expect(printable('\u001b[2Jred\r\n\u009b1m\u202Etxt\u2028')).toBe(
      '\\u001b[2Jred\\u000d\\u000a\\u009b1m\\u202etxt\\u2028',
    );
  });

  it('leaves letters of all scripts as they are', () => {
    expect(printable('Öl 温度 °C 🙂 "x"')).toBe('Öl 温度 °C 🙂 "x"');
  });
});
