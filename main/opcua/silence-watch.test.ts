import { describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { SilenceWatch } from './silence-watch.ts';

const runS = (clock: FakeClock, seconds: number, each: () => void = () => {}): void => {
  for (let second = 0; second < seconds; second++) {
    clock.advanceMs(1_000);
    each();
  }
};

describe('silence watch', () => {
  it('says nothing while every subscription is heard', () => {
    const clock = fakeClock();
    const silences: number[] = [];
    const watch = new SilenceWatch(clock, 5_000, (silentMs) => silences.push(silentMs));
    watch.heard(1);
    runS(clock, 60, () => watch.heard(1));
    watch.stop();
    expect(silences).toEqual([]);
  });

  it('tells of one silent subscription among others', () => {
    const clock = fakeClock();
    const silences: number[] = [];
    const watch = new SilenceWatch(clock, 5_000, (silentMs) => silences.push(silentMs));
    watch.heard(1);
    watch.heard(2);
    runS(clock, 6, () => watch.heard(1));
    watch.stop();
    expect(silences).toEqual([6_000]);
  });

  it('does not blame the server for a sleep of this computer', () => {
    const clock = fakeClock();
    let asleepMs = 0;
    const silences: number[] = [];
    const sleepy = { ...clock, monotonicMs: () => clock.monotonicMs() + asleepMs };
    const watch = new SilenceWatch(sleepy, 5_000, (silentMs) => silences.push(silentMs));
    watch.heard(1);
    runS(clock, 3);
    asleepMs = 3_600_000;
    runS(clock, 4);
    watch.stop();
    expect(silences).toEqual([]);
  });
});
