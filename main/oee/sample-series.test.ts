import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterDeltas } from '../../shared/oee/counter-deltas.ts';
import { CounterSeries, SampleSeries } from './sample-series.ts';

const RULE = { modulus: 256, maxRatePerMs: 1 };

describe('SampleSeries', () => {
  it('keeps values by time, each time once, and the first value that came for it', () => {
    const series = new SampleSeries<string>();
    series.merge([
      { timeMs: 5, value: 'e' },
      { timeMs: 1, value: 'a' },
    ]);
    series.merge([
      { timeMs: 3, value: 'c' },
      { timeMs: 5, value: 'other' },
      { timeMs: 9, value: 'i' },
    ]);
    expect(series.readings).toEqual([
      { timeMs: 1, value: 'a' },
      { timeMs: 3, value: 'c' },
      { timeMs: 5, value: 'e' },
      { timeMs: 9, value: 'i' },
    ]);
  });

  it('forgets what is older than the value that holds', () => {
    const series = new SampleSeries<string>();
    series.merge([1, 5, 9].map((timeMs) => ({ timeMs, value: String(timeMs) })));
    series.forgetBefore(0);
    expect(series.timesMs).toEqual([1, 5, 9]);
    series.forgetBefore(7);
    expect(series.timesMs).toEqual([5, 9]);
    expect(series.values).toEqual(['5', '9']);
  });
});

it('a counter gives the same sums in whatever order and however often its readings come', () => {
  const readings = fc.uniqueArray(fc.record({ timeMs: fc.nat(500), value: fc.nat(255) }), {
    selector: ({ timeMs }) => timeMs,
    minLength: 1,
    maxLength: 40,
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(readings, fc.infiniteStream(fc.nat()), cuts, (list, order, sizes) => {
      const sorted = [...list].sort((a, b) => a.timeMs - b.timeMs);
      let sum = 0;
      const expected = counterDeltas(sorted, RULE).map(({ delta }) => (sum += delta));
      const keys = new Map(list.map((reading) => [reading, order.next().value ?? 0]));
      const shuffled = [...list].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
      const series = new CounterSeries(RULE);
      for (let from = 0, turn = 0; from < shuffled.length; turn += 1) {
        const size = sizes[turn] ?? 1;
        series.merge(shuffled.slice(Math.max(0, from - 2), from + size));
        from += size;
        if (turn % 3 === 0) expect(series.sums).toHaveLength(series.timesMs.length);
      }
      expect(series.timesMs).toEqual(sorted.map(({ timeMs }) => timeMs));
      expect(series.sums).toEqual(expected);
    }),
  );
});
