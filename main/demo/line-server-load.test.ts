import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadRamp, type RampChange } from './line-server-load.ts';

function collect(ramp: LoadRamp, timesMs: readonly number[]): RampChange[] {
  const changes: RampChange[] = [];
  for (const timeMs of timesMs) ramp.advance(timeMs, (change) => changes.push(change));
  return changes;
}

describe('load ramp', () => {
  it('counts every tag 1, 2, 3 … at distinct rising times, however late the timer fires', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 30 }),
        (tagCount, changesPerSPerTag, gapsMs) => {
          const ramp = new LoadRamp({ tagCount, changesPerSPerTag }, 1_000);
          let nowMs = 1_000;
          const changes = collect(
            ramp,
            gapsMs.map((gapMs) => (nowMs += gapMs)),
          );
          for (let tagIndex = 0; tagIndex < tagCount; tagIndex++) {
            const own = changes.filter((change) => change.tagIndex === tagIndex);
            expect(own.map((change) => change.value)).toEqual(own.map((_change, index) => index + 1));
            expect(new Set(own.map((change) => change.timestampMs)).size).toBe(own.length);
            expect(ramp.lastValue(tagIndex)).toBe(own.length);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives the rate that was asked for', () => {
    const ramp = new LoadRamp({ tagCount: 50, changesPerSPerTag: 20 }, 0);
    const times = Array.from({ length: 500 }, (_unused, index) => (index + 1) * 10);
    expect(collect(ramp, times).length).toBe(5_000);
  });

  it('refuses more than one change of a tag per millisecond', () => {
    expect(() => new LoadRamp({ tagCount: 1, changesPerSPerTag: 1_001 }, 0)).toThrow(RangeError);
  });
});
