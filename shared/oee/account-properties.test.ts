import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEAD, HOUR, ideal, MIN, NOTHING, RULES, S, toInput } from './account-fixture.ts';
import { accountMachine } from './account-machine.ts';
import { toCounterEvidence } from './counter-deltas.ts';
import { explainFigure } from './explain-figure.ts';
import type { AccountInput, MachineEvidence } from './machine-account.ts';
import { exactFactors } from './oee-factors.ts';
import { add, divide, multiply, type Rational, toRational, toText, ZERO } from './rational.ts';
import { runningShift } from './shift-calendar.ts';
import { toEquipmentShift } from './shift-view.ts';
import { allMs, plannedProductionMs } from './time-account.ts';
import { TIME_CLASSES } from './time-class.ts';

/** What a historian would have: a row for each value of a role, in any order, some twice. */
interface Row {
  readonly role: 'state' | 'online' | 'product' | 'total' | 'reject';
  readonly timeMs: number;
  readonly value: string | boolean | number;
}

const STATES = ['Execute', 'Execute', 'Held', 'Suspended', 'Aborted', 'Idle', 'Setup?'];
const second = fc.integer({ min: -600, max: 3_900 });

const rows = fc
  .record({
    states: fc.array(fc.tuple(second, fc.constantFrom(...STATES)), { maxLength: 40 }),
    online: fc.array(fc.tuple(second, fc.boolean()), { maxLength: 4 }),
    products: fc.array(fc.tuple(second, fc.constantFrom('A', 'B')), { maxLength: 5 }),
    counts: fc.array(fc.tuple(second, fc.nat(30), fc.nat(3)), { maxLength: 60 }),
  })
  .map(({ states, online, products, counts }): Row[] => {
    const once = <T extends readonly [number, ...unknown[]]>(list: T[]): T[] => [
      ...new Map(list.map((one) => [one[0], one])).values(),
    ];
    let total = 1_000;
    let reject = 0;
    const counted = once(counts)
      .sort((a, b) => a[0] - b[0])
      .flatMap(([at, made, bad]): Row[] => [
        { role: 'total', timeMs: at * S, value: (total += made) },
        { role: 'reject', timeMs: at * S, value: (reject += Math.min(bad, made)) },
      ]);
    return [
      ...once(states).map(([at, value]): Row => ({ role: 'state', timeMs: at * S, value })),
      ...once(online).map(([at, value]): Row => ({ role: 'online', timeMs: at * S, value })),
      ...once(products).map(([at, value]): Row => ({ role: 'product', timeMs: at * S, value })),
      ...counted,
    ];
  });

/** Evidence as it is built from rows that came in any order: by time, each time once. */
function toEvidence(all: readonly Row[]): MachineEvidence {
  const of = <V>(role: Row['role']) => {
    const byTime = new Map<number, V>();
    // A row of a role has the value of that role.
    for (const row of all) if (row.role === role && !byTime.has(row.timeMs)) byTime.set(row.timeMs, row.value as V);
    return [...byTime].sort((a, b) => a[0] - b[0]).map(([timeMs, value]) => ({ timeMs, value }));
  };
  return {
    ...NOTHING,
    states: of<string>('state'),
    online: of<boolean>('online'),
    products: of<string>('product'),
    total: toCounterEvidence(of<number>('total')),
    reject: toCounterEvidence(of<number>('reject')),
    heardMs: [...new Set(all.map(({ timeMs }) => timeMs))].sort((a, b) => a - b),
  };
}

const inputOf = (all: readonly Row[], rules: Partial<AccountInput['rules']> = {}): AccountInput =>
  toInput({
    rules: { ideals: [ideal(6 * S, 'A'), ideal(9 * S, 'B'), ideal(7 * S)], ...rules },
    evidence: toEvidence(all),
    breaks: [[20, 25]],
  });

const textOf = (value: Rational | null): string | null => (value === null ? null : toText(value));

describe('whatever happened', () => {
  it('classes divide the time exactly, and so do the hours and the parts of stops', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom('exclude', 'hold-last', 'count-as-down'), (all, unknownTime) => {
        const found = accountMachine(inputOf(all, { unknownTime }));
        let atMs = 0;
        for (const { fromMs, toMs } of found.intervals) {
          expect(fromMs).toBe(atMs);
          expect(toMs).toBeGreaterThan(fromMs);
          atMs = toMs;
        }
        expect([atMs, allMs(found.account)]).toEqual([HOUR, HOUR]);
        for (const stop of found.stops) {
          expect(stop.parts.map(({ fromMs }) => fromMs)).toEqual([
            stop.fromMs,
            ...stop.parts.slice(0, -1).map(({ toMs }) => toMs),
          ]);
          expect(stop.parts.at(-1)?.toMs).toBe(stop.toMs);
        }
      }),
    );
  });

  it('OEE is Σ(ideal × good) / planned time', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const { account, products } = accountMachine(inputOf(all));
        const plannedMs = plannedProductionMs(account);
        fc.pre(plannedMs > 0 && account.run > 0);
        let earned = ZERO;
        for (const { idealCycleMs, goodCount } of products) {
          earned = add(earned, multiply(toRational(idealCycleMs ?? 0), toRational(goodCount ?? 0)));
        }
        const exact = exactFactors({ plannedMs, runMs: account.run + account['short-stop'], products });
        expect(textOf(exact.oee)).toBe(toText(divide(earned, toRational(plannedMs))));
      }),
    );
  });

  it('S04: the micro-stop limit moves losses between A and P and leaves OEE alone', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 600 }), (all, limitS) => {
        const oeeAt = (microStopMs: number): string | null => {
          const { account, products } = accountMachine(inputOf(all, { microStopMs }));
          const runMs = account.run + account['short-stop'];
          // Without any run OEE is 0 by rule D2, whatever was counted.
          if (account.run === 0) return null;
          return textOf(exactFactors({ plannedMs: plannedProductionMs(account), runMs, products }).oee);
        };
        expect(oeeAt(limitS * S)).toBe(oeeAt(0));
      }),
    );
  });

  it('hours sum to the shift, in time and in parts', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 59 }), (all, offsetMin) => {
        const input = inputOf(all);
        const range = { fromMs: -offsetMin * MIN, toMs: HOUR };
        const found = accountMachine({ ...input, range, shift: { ...input.shift, ...range } });
        const shift = toEquipmentShift(found, HEAD);
        expect(shift.hours).toHaveLength(2);
        for (const timeClass of TIME_CLASSES) {
          const sumMs = shift.hours.reduce((sum, { accountMs }) => sum + (accountMs[timeClass] ?? 0), 0);
          expect(sumMs).toBe(found.account[timeClass]);
        }
        for (const role of ['total', 'good', 'reject'] as const) {
          expect(shift.hours.reduce((sum, { counts }) => sum + (counts[role] ?? 0), 0)).toBe(shift.counts[role]);
        }
        expect(shift.worm.at(-1)?.goodCount).toBe(shift.counts.good);
      }),
    );
  });

  it('every figure opens to terms and pieces that give it again exactly', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const found = accountMachine(inputOf(all, { changeoverTargetMs: 2 * MIN, reasonStopMs: 120 * S }));
        const shift = toEquipmentShift(found, HEAD);
        for (const kpi of [...shift.kpis, ...shift.isoKpis]) {
          const opened = explainFigure(found, shift, kpi.id);
          expect([kpi.id, opened?.exact]).toEqual([kpi.id, kpi.exact]);
        }
        for (const step of shift.waterfall) {
          expect([step.id, explainFigure(found, shift, step.id)?.value]).toEqual([step.id, step.ms]);
        }
        for (const hour of shift.hours) {
          expect(explainFigure(found, shift, `hour:${hour.fromMs}`)?.value).toBe(hour.oee.value);
          for (const factor of ['availability', 'performance', 'quality'] as const) {
            const opened = explainFigure(found, shift, `hour:${hour.fromMs}:${factor}`);
            expect([factor, opened?.value]).toEqual([factor, hour[factor].value]);
          }
        }
        for (const bar of shift.pareto) {
          const opened = explainFigure(found, shift, `pareto:${bar.id}`);
          expect([bar.id, opened?.value]).toEqual([bar.id, bar.lostMs]);
          // A stop is a piece; small stops are the pieces of their class.
          if (bar.id !== 'short-stop') expect(opened?.terms[0]?.pieceCount).toBe(bar.stopCount);
        }
        for (const timeClass of TIME_CLASSES) {
          const opened = explainFigure(found, shift, `class:${timeClass}`);
          expect(opened?.value).toBe(found.account[timeClass]);
          expect(opened?.terms[0]?.pieces.reduce((sum, { value }) => sum + value, 0)).toBe(opened?.value);
        }
        for (const role of ['total', 'good', 'reject'] as const) {
          const opened = explainFigure(found, shift, `count:${role}`);
          expect([role, opened?.value]).toEqual([role, shift.counts[role]]);
          expect(opened?.terms[0]?.pieces.reduce((sum, { value }) => sum + value, 0)).toBe(opened?.value);
        }
        expect(explainFigure(found, shift, 'nothing')).toBeNull();
      }),
    );
  });
});

it.each([
  ['2026-03-28T22:00:00Z', 7],
  ['2026-10-24T22:00:00Z', 9],
])('K1, K5: a Berlin night over a change of the clocks (%s) is whole in its true length of %i h', (noon, hours) => {
  const night = {
    name: 'Night',
    days: ['sat' as const],
    from: '22:00',
    to: '06:00',
    breaks: [{ name: 'Break', from: '04:00', to: '04:30' }],
  };
  const shift = runningShift([night], 'Europe/Berlin', Date.parse(noon));
  if (shift === null) throw new Error('no shift');
  const found = accountMachine({
    rules: RULES,
    evidence: {
      ...NOTHING,
      states: [
        { timeMs: shift.fromMs, value: 'Execute' },
        { timeMs: shift.fromMs + 2 * HOUR, value: 'Held' },
      ],
    },
    shift,
    plannedWindows: [],
    assignments: [],
    cuts: [],
    range: shift,
  });
  expect(allMs(found.account)).toBe(hours * HOUR);
  expect(found.account.planned).toBe(30 * MIN);
  expect(toEquipmentShift(found, { ...HEAD, timeZone: 'Europe/Berlin' }).hours).toHaveLength(hours);
});
