import { describe, expect, it } from 'vitest';
import type { Clock } from '../platform/clock.ts';
import { watchSleep } from './sleep-watch.ts';

/** A clock whose timer fires when the test says so, however late that is. */
function sleepyClock() {
  let nowMs = 1_000_000;
  let tick = (): void => {};
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after: () => () => {},
    every: (_periodMs, action) => {
      tick = action;
      return () => (tick = () => {});
    },
  };
  const tickAfterMs = (elapsedMs: number): void => {
    nowMs += elapsedMs;
    tick();
  };
  return { clock, tickAfterMs };
}

describe('sleep watch', () => {
  it('says nothing while its timer fires, also when it is late on a busy machine', () => {
    const { clock, tickAfterMs } = sleepyClock();
    const woken: number[] = [];
    watchSleep(clock, (sinceMs) => woken.push(sinceMs));
    for (const elapsedMs of [1_000, 1_400, 4_900, 1_000]) tickAfterMs(elapsedMs);
    expect(woken).toEqual([]);
  });

  it('tells once since when it did not run', () => {
    const { clock, tickAfterMs } = sleepyClock();
    const woken: number[] = [];
    watchSleep(clock, (sinceMs) => woken.push(sinceMs));
    tickAfterMs(1_000);
    tickAfterMs(20_000);
    tickAfterMs(1_000);
    expect(woken).toEqual([1_001_000]);
  });

  it('takes a clock that is set back for no sleep', () => {
    const { clock, tickAfterMs } = sleepyClock();
    const woken: number[] = [];
    watchSleep(clock, (sinceMs) => woken.push(sinceMs));
    tickAfterMs(-3_600_000);
    expect(woken).toEqual([]);
  });
});
