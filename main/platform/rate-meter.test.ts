import { describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { RateMeter } from './rate-meter.ts';

describe('a rate meter', () => {
  it('is right from the first second on', () => {
    const clock = fakeClock();
    const meter = new RateMeter(clock);
    meter.count(30);
    expect(meter.perS()).toBe(30);
    clock.advanceMs(3_000);
    expect(meter.perS()).toBe(10);
  });

  it('shows the rate of a steady flow and falls to nothing within 10 s of its end', () => {
    const clock = fakeClock();
    const meter = new RateMeter(clock);
    for (let n = 0; n < 200; n += 1) {
      clock.advanceMs(100);
      meter.count(5);
    }
    expect(meter.perS()).toBeCloseTo(50, -1);
    clock.advanceMs(10_000);
    expect(meter.perS()).toBe(0);
  });
});
