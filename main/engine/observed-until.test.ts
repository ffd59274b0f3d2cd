import { beforeEach, describe, expect, it } from 'vitest';
import { ObservedUntil, readObservedUntil } from './observed-until.ts';
import type { SampleSource } from './ports.ts';

const STARTED_AT_MS = 1_000;

const sourceOf = (observedUntilMs: number | undefined): SampleSource => ({
  start: () => undefined,
  stop: () => Promise.resolve(),
  onSamples: () => () => undefined,
  onStateChanged: () => () => undefined,
  setSlowSampling: () => Promise.resolve(),
  sampling: () => {
    throw new Error('not asked here');
  },
  snapshot: () => {
    throw new Error('not asked here');
  },
  observedUntilMs,
  heardUntilMs: undefined,
});

describe('the mark until when each server is observed', () => {
  let settings: Map<string, string>;
  let flushes: (() => void)[];
  const store = {
    readSetting: (key: string) => Promise.resolve(settings.get(key)),
    writeSetting: (key: string, value: string) => Promise.resolve(void settings.set(key, value)),
  };
  const writer = { flush: () => new Promise<void>((resolve) => flushes.push(resolve)) };

  beforeEach(() => {
    settings = new Map();
    flushes = [];
  });

  const observing = (untilMs: Record<string, number | undefined>): ObservedUntil => {
    const sources = Object.entries(untilMs).map(([serverId, ms]) => ({ serverId, source: sourceOf(ms) }));
    return new ObservedUntil({ sources, store, writer }, STARTED_AT_MS);
  };

  it('is read back per server; one that was never reached counts from the start on', async () => {
    expect(await readObservedUntil(store)).toEqual(new Map());
    await observing({ plc: 5_000, scale: undefined }).markEnd();
    expect(await readObservedUntil(store)).toEqual(
      new Map([
        ['plc', 5_000],
        ['scale', STARTED_AT_MS],
      ]),
    );
  });

  it('is never ahead of values that are not on disk, and does not pile up while they cannot be written', async () => {
    const mark = observing({ plc: 5_000 });
    const marking = mark.mark();
    await mark.mark();
    expect(flushes).toHaveLength(1);
    expect(settings.size).toBe(0);
    flushes[0]?.();
    await marking;
    expect(await readObservedUntil(store)).toEqual(new Map([['plc', 5_000]]));
  });
});
