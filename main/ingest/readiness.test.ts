import { describe, expect, it } from 'vitest';
import { decideReadiness } from './readiness.ts';

const facts = { oldestWaitMs: undefined, hasOverflown: false, sinkAnswers: true };

describe('readiness of the host', () => {
  it('holds while rows are committed in time, also when one try failed', () => {
    expect(decideReadiness(true, { ...facts, oldestWaitMs: 5_000, sinkAnswers: false }, 5_000)).toBe(true);
  });

  it('ends when a row waits too long or the memory was full', () => {
    expect(decideReadiness(true, { ...facts, oldestWaitMs: 5_001 }, 5_000)).toBe(false);
    expect(decideReadiness(true, { ...facts, hasOverflown: true }, 5_000)).toBe(false);
  });

  it('comes back only when the historian answers and what waits is fresh', () => {
    expect(decideReadiness(false, facts, 5_000)).toBe(true);
    expect(decideReadiness(false, { ...facts, oldestWaitMs: 1_000 }, 5_000)).toBe(true);
    expect(decideReadiness(false, { ...facts, oldestWaitMs: 1_001 }, 5_000)).toBe(false);
    expect(decideReadiness(false, { ...facts, sinkAnswers: false }, 5_000)).toBe(false);
    expect(decideReadiness(false, { ...facts, hasOverflown: true }, 5_000)).toBe(false);
  });
});
