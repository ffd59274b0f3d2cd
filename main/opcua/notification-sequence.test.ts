import { describe, expect, it } from 'vitest';
import { followingNumber, NotificationSequence } from './notification-sequence.ts';

function after(...numbers: readonly number[]): NotificationSequence {
  const sequence = new NotificationSequence();
  for (const number of numbers) sequence.took(number, false);
  return sequence;
}

describe('notification sequence', () => {
  it('takes any first number, and then the one that follows', () => {
    expect(new NotificationSequence().judge(7, false)).toEqual({ kind: 'next' });
    expect(after(7).judge(8, false)).toEqual({ kind: 'next' });
    expect(new NotificationSequence().expected).toBe(1);
  });

  it('names the numbers that did not come', () => {
    expect(after(3).judge(6, false)).toEqual({ kind: 'ahead', missing: [4, 5], missingCount: 2 });
  });

  it('learns from a keep-alive, which has the number of the next message', () => {
    const sequence = after(3);
    expect(sequence.judge(4, true)).toEqual({ kind: 'next' });
    expect(sequence.judge(5, true)).toEqual({ kind: 'ahead', missing: [4], missingCount: 1 });
    sequence.took(4, true);
    expect(sequence.expected).toBe(4);
  });

  it('goes on with 1 after the largest number', () => {
    expect(followingNumber(0xffff_ffff)).toBe(1);
    expect(after(0xffff_ffff).judge(1, false)).toEqual({ kind: 'next' });
    expect(after(0xffff_fffe).judge(2, false)).toMatchObject({ kind: 'ahead', missing: [0xffff_ffff, 1] });
  });

  it('does not take a lower number for a repetition: such a server counts anew', () => {
    expect(after(500).judge(1, false)).toEqual({ kind: 'restarted' });
    expect(after(500).judge(500, true)).toEqual({ kind: 'known' });
  });

  it('asks for at most a thousand messages, but counts all', () => {
    const verdict = after(1).judge(5_002, false);
    expect(verdict).toMatchObject({ kind: 'ahead', missingCount: 5_000 });
    expect(verdict.kind === 'ahead' && verdict.missing.length).toBe(1_000);
  });
});
