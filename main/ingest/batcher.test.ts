import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { Batcher } from './batcher.ts';

const rows = (count: number, first = 0): TelemetryRow[] =>
  Array.from({ length: count }, (_, n) => ({
    timeMs: first + n,
    machineId: 'a/b/c',
    metricName: 'n',
    value: first + n,
    quality: 192,
    meta: null,
    isHistorical: false,
    receivedAtMs: 0,
  }));
const rule = { maxAgeMs: 100, dueRowCount: 10, maxRowCount: 10, maxWaitingCount: 25, maxWaitingBytes: 1_000_000 };
const valuesOf = (batcher: Batcher): (number | null)[] | undefined => batcher.open()?.rows.map((row) => row.value);

describe('a batcher', () => {
  it('is due when the oldest row has the age, or when the count is reached', () => {
    const batcher = new Batcher(rule);
    expect(batcher.dueInMs(0)).toBeUndefined();
    batcher.add(rows(3), false, 50);
    batcher.add(rows(3), false, 120);
    expect(batcher.dueInMs(120)).toBe(30);
    expect(batcher.dueInMs(150)).toBe(0);
    batcher.add(rows(4), false, 121);
    expect(batcher.dueInMs(121)).toBe(0);
  });

  it('gives one batch at a time, which waits until it is closed', () => {
    const batcher = new Batcher(rule);
    batcher.add(rows(15), false, 7);
    expect(valuesOf(batcher)).toHaveLength(10);
    expect(batcher.open()).toBeUndefined();
    expect(batcher.waitingCount).toBe(15);
    expect(batcher.oldestAtMs).toBe(7);
    batcher.close();
    expect(batcher.waitingCount).toBe(5);
    expect(valuesOf(batcher)).toEqual([10, 11, 12, 13, 14]);
    batcher.close();
    expect(batcher.oldestAtMs).toBeUndefined();
  });

  it('takes no more than the bound, with the open batch counted', () => {
    const batcher = new Batcher(rule);
    expect(batcher.add(rows(20), false, 0)).toBe(0);
    batcher.open();
    expect(batcher.add(rows(20, 20), false, 0)).toBe(15);
    expect(batcher.waitingCount).toBe(25);
    expect(batcher.add(rows(1), false, 0)).toBe(1);
  });

  it('gives a large batch where more has come meanwhile', () => {
    const batcher = new Batcher({ ...rule, maxRowCount: 22 });
    batcher.add(rows(25), false, 0);
    expect(valuesOf(batcher)).toHaveLength(22);
  });

  it('takes no more than its bytes, except one row when nothing waits', () => {
    const batcher = new Batcher({ ...rule, maxWaitingBytes: 1_000 });
    const text = (length: number, n: number): TelemetryRow[] =>
      rows(1, n).map((row) => ({ ...row, meta: { text: 'x'.repeat(length) } }));
    expect(batcher.add(text(10_000, 0), false, 0)).toBe(0);
    expect(batcher.waitingBytes).toBeGreaterThan(20_000);
    expect(batcher.add(rows(2, 1), false, 0)).toBe(2);
    batcher.open();
    expect(batcher.add(rows(1, 1), false, 0)).toBe(1);
    batcher.close();
    expect(batcher.waitingBytes).toBe(0);
    expect(batcher.add([...text(200, 1), ...text(200, 2), ...rows(1, 3)], false, 0)).toBe(2);
  });

  it('keeps births apart when it cuts what arrived', () => {
    const batcher = new Batcher(rule);
    batcher.add(rows(12), true, 0);
    batcher.add(rows(3, 12), false, 0);
    expect(batcher.open()?.arrivals.map(({ isBirth, rows: { length } }) => [isBirth, length])).toEqual([[true, 10]]);
    batcher.close();
    expect(batcher.open()?.arrivals.map(({ isBirth, rows: { length } }) => [isBirth, length])).toEqual([
      [true, 2],
      [false, 3],
    ]);
  });

  it('neither loses nor repeats nor reorders a row it has taken', () => {
    const step = fc.oneof(fc.nat({ max: 30 }), fc.constant('commit' as const));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const batcher = new Batcher(rule);
        const taken: number[] = [];
        const committed: (number | null)[] = [];
        let next = 0;
        const commit = (): void => {
          committed.push(...(valuesOf(batcher) ?? []));
          batcher.close();
        };
        for (const [nowMs, one] of steps.entries()) {
          if (one === 'commit') commit();
          else {
            const refusedCount = batcher.add(rows(one, next), false, nowMs);
            for (let n = 0; n < one - refusedCount; n += 1) taken.push(next + n);
            next += one;
          }
          expect(batcher.waitingCount).toBeLessThanOrEqual(rule.maxWaitingCount);
        }
        while (batcher.waitingCount > 0) commit();
        expect(batcher.waitingBytes).toBe(0);
        expect(committed).toEqual(taken);
      }),
    );
  });
});
