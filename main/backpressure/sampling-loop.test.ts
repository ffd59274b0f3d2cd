import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appliedSampling,
  normalSampling,
  type SamplingDecision,
  type SamplingNumbers,
  type SamplingState,
  stepSampling,
} from './sampling-loop.ts';

const NUMBERS: SamplingNumbers = { activateAtRows: 1_000, deactivateAtRows: 500, transitionDelayMs: 5_000 };
const CHECK_INTERVAL_MS = 5_000;

/** Looks at each depth, 5 s apart. */
function run(depths: readonly number[], numbers = NUMBERS, everyMs = CHECK_INTERVAL_MS): SamplingDecision[] {
  let state: SamplingState = normalSampling(0);
  return depths.map((depth, index) => {
    const step = stepSampling(state, depth, index * everyMs, numbers);
    state = step.state;
    return step.decision;
  });
}

describe('the sampling loop', () => {
  it('slows down above 1,000 waiting rows after 5 s, and speeds up below 500 after 5 s', () => {
    expect(run([0, 1_001, 1_500, 2_000, 700, 499, 10, 0])).toEqual([
      'keep',
      'keep',
      'slow-down',
      'keep',
      'keep',
      'keep',
      'speed-up',
      'keep',
    ]);
  });

  it('does not move on exactly 1,000, nor on exactly 500', () => {
    expect(run([1_000, 1_000, 1_000])).toEqual(['keep', 'keep', 'keep']);
    expect(run([5_000, 5_000, 500, 500, 500]).slice(2)).toEqual(['keep', 'keep', 'keep']);
  });

  it('forgets the wish when the queue crosses the other limit before the delay is over', () => {
    const often = { ...NUMBERS, transitionDelayMs: 20_000 };
    expect(run([5_000, 5_000, 400, 5_000, 5_000, 5_000, 5_000], often)).toEqual(Array(7).fill('keep'));
  });

  it('keeps the wish between the limits', () => {
    expect(run([1_200, 800])).toEqual(['keep', 'slow-down']);
    expect(run([1_200, 1_200, 300, 800])).toEqual(['keep', 'slow-down', 'keep', 'speed-up']);
  });

  it('acts at once without a delay', () => {
    expect(run([1_001, 499], { ...NUMBERS, transitionDelayMs: 0 })).toEqual(['slow-down', 'speed-up']);
  });

  it('tells how the servers sample, and since when', () => {
    const wishing = stepSampling(normalSampling(7), 2_000, 100, NUMBERS).state;
    expect(wishing).toEqual({ phase: 'normal-wants-slow', sinceMs: 7, wishedAtMs: 100 });
    expect(appliedSampling(wishing)).toBe('normal');
    const slow = stepSampling(wishing, 2_000, 5_100, NUMBERS).state;
    expect(slow).toEqual({ phase: 'slow', sinceMs: 5_100 });
    expect(appliedSampling(slow)).toBe('slow');
  });

  it('changes only by turns, only with a reason, and never sooner than the delay', () => {
    const numbers = fc
      .record({ low: fc.nat(100), gap: fc.integer({ min: 1, max: 100 }), transitionDelayMs: fc.nat(30) })
      .map(({ low, gap, transitionDelayMs }) => ({
        deactivateAtRows: low,
        activateAtRows: low + gap,
        transitionDelayMs,
      }));
    const looks = fc.array(fc.record({ depth: fc.nat(300), afterMs: fc.integer({ min: 1, max: 20 }) }), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(numbers, looks, (given, script) => {
        let state = normalSampling(0);
        let nowMs = 0;
        let crossedAtMs: number | undefined;
        for (const { depth, afterMs } of script) {
          nowMs += afterMs;
          const before = appliedSampling(state);
          const isFor = before === 'normal' ? depth > given.activateAtRows : depth < given.deactivateAtRows;
          const isAgainst = before === 'normal' ? depth < given.deactivateAtRows : depth > given.activateAtRows;
          if (isAgainst) crossedAtMs = undefined;
          else if (isFor) crossedAtMs ??= nowMs;
          const step = stepSampling(state, depth, nowMs, given);
          const isDue = crossedAtMs !== undefined && nowMs - crossedAtMs >= given.transitionDelayMs;
          expect(step.decision).toBe(isDue ? (before === 'normal' ? 'slow-down' : 'speed-up') : 'keep');
          expect(appliedSampling(step.state) === before).toBe(!isDue);
          if (isDue) crossedAtMs = undefined;
          state = step.state;
        }
      }),
    );
  });
});
