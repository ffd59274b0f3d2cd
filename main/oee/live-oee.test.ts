import { describe, expect, it } from 'vitest';
import { OeeSnapshot } from '../../shared/domain/oee-snapshot.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { builder, first, machine, MIN, parts, row, S, SHIFT_MS } from './oee-fixture.ts';

const build = builder(fakeClock);

describe('a machine', () => {
  it('is told by state and counters, shift to date', () => {
    const { oee } = build([machine('Filler')], 20 * MIN);
    oee.accept([
      row('Filler', 'State', -MIN, 'Execute'),
      ...parts('Filler', 0, 10 * MIN),
      row('Filler', 'State', 10 * MIN, 'Held'),
      row('Filler', 'StopReason', 10 * MIN + 20, 'Jam'),
    ]);
    const seen = first(oee);
    expect(seen).toMatchObject({
      equipmentId: 'Filler',
      totalCount: 600,
      goodCount: 540,
      rejectCount: 60,
      plannedMs: 20 * MIN,
      runMs: 10 * MIN,
      accountMs: { run: 10 * MIN, failure: 10 * MIN },
      state: { timeClass: 'failure', cause: 'Jam', sinceMs: SHIFT_MS + 10 * MIN },
      basis:
        'PPT 20 min · short stop ≤ 60 s in P · coverage 100 % · change-over = loss · P uncapped · computed 06:20 · lineside-oee/2',
      mostCostly: 'Failures cost 10 min: “Jam”.',
      coverageRatio: 1,
    });
    expect(Object.values(seen.factors).map((factor) => factor.value)).toEqual([0.5, 1, 0.9, 0.45]);
    expect(seen.trend).toHaveLength(20);
    expect(seen.trend[9]).toEqual({ atMs: SHIFT_MS + 10 * MIN, oee: 0.9 });
    expect(seen.trend.at(-1)?.oee).toBe(0.45);
    expect(OeeSnapshot.parse(oee.snapshot())).toEqual(oee.snapshot());
  });

  it('counts a stop as short until it is longer than the limit, then all of it as lost', () => {
    const { oee, clock } = build([machine('Filler')], 10 * MIN);
    oee.accept([row('Filler', 'State', 0, 'Execute'), row('Filler', 'State', 10 * MIN, 'Aborted')]);
    clock.advanceMs(60 * S);
    expect(first(oee)).toMatchObject({ state: { timeClass: 'short-stop' }, runMs: 11 * MIN });
    clock.advanceMs(1);
    expect(first(oee)).toMatchObject({
      state: { timeClass: 'failure', sinceMs: SHIFT_MS + 10 * MIN },
      runMs: 10 * MIN,
    });
  });

  it('measures a stop that began before the shift whole', () => {
    const { oee } = build([machine('Filler')], 10 * MIN);
    oee.accept([
      row('Filler', 'State', -MIN, 'Execute'),
      row('Filler', 'State', -40 * S, 'Held'),
      row('Filler', 'State', 30 * S, 'Execute'),
    ]);
    expect(first(oee).accountMs).toEqual({ run: 9.5 * MIN, unassigned: 30 * S });
  });

  it('corrects the figure when late rows come, and not when they come again', () => {
    const { oee } = build([machine('Filler')], 20 * MIN);
    oee.accept([
      row('Filler', 'State', 0, 'Execute'),
      row('Filler', 'Processed', 0, 100),
      row('Filler', 'Processed', 20 * MIN, 50),
    ]);
    expect(first(oee).totalCount).toBe(50);
    const late = [
      row('Filler', 'Processed', 9 * MIN, 600),
      row('Filler', 'Processed', 10 * MIN, 0),
      row('Filler', 'State', 5 * MIN, 'Aborted'),
      row('Filler', 'State', 10 * MIN, 'Execute'),
    ];
    oee.accept(late);
    oee.accept(late);
    expect(first(oee)).toMatchObject({ totalCount: 550, accountMs: { run: 15 * MIN, failure: 5 * MIN } });
  });

  it('S10: takes time that nobody observed out of the plan, and its parts with it', () => {
    const { oee } = build([machine('Filler')], 30 * MIN);
    oee.accept([
      row('Filler', 'Connection/Online', -MIN, true),
      row('Filler', 'Connection/Online', 10 * MIN, false),
      row('Filler', 'Connection/Online', 20 * MIN, true),
      row('Filler', 'State', -MIN, 'Execute'),
      ...parts('Filler', 0, 10 * MIN),
      ...parts('Filler', 20 * MIN, 30 * MIN, 1_200),
    ]);
    expect(first(oee)).toMatchObject({
      totalCount: 1_200,
      accountMs: { run: 20 * MIN, unknown: 10 * MIN },
      coverageRatio: 2 / 3,
      factors: { performance: { value: 1 } },
    });
  });

  it('does not advance on values that are not good: counts never, a state is held for a minute', () => {
    const { oee } = build([machine('Filler')], 10 * MIN);
    oee.accept([
      row('Filler', 'State', 0, 'Execute'),
      row('Filler', 'State', 5 * MIN, 'Execute', 0),
      row('Filler', 'Processed', 0, 10),
      row('Filler', 'Processed', MIN, 70),
      row('Filler', 'Processed', 2 * MIN, 0, 500),
      row('Filler', 'Processed', 3 * MIN, 190),
    ]);
    expect(first(oee)).toMatchObject({ totalCount: 180, accountMs: { run: 6 * MIN, unknown: 4 * MIN } });
  });

  it('T4: takes time in which nothing was heard out of the plan, where silence means something', () => {
    const rows = [row('Filler', 'State', -MIN, 'Execute'), ...parts('Filler', 0, 5 * MIN)];
    const silent = build([machine('Filler', { staleAfterS: 120 })], 20 * MIN).oee;
    silent.accept(rows);
    expect(first(silent).accountMs).toEqual({ run: 7 * MIN, unknown: 13 * MIN });
    const quiet = build([machine('Filler')], 20 * MIN).oee;
    quiet.accept(rows);
    expect(first(quiet).accountMs).toEqual({ run: 20 * MIN });
  });

  it('lays breaks over the shift', () => {
    const { oee } = build([machine('Filler')], 5 * 60 * MIN);
    oee.accept([
      row('Filler', 'State', 0, 'Execute'),
      row('Filler', 'State', 230 * MIN, 'Aborted'),
      row('Filler', 'State', 275 * MIN, 'Execute'),
    ]);
    expect(first(oee)).toMatchObject({
      accountMs: { run: 255 * MIN, failure: 15 * MIN, planned: 30 * MIN },
      basis:
        'PPT 270 min (300 − 30 break) · short stop ≤ 60 s in P · coverage 100 % · change-over = loss · P uncapped · computed 11:00 · lineside-oee/2',
    });
  });

  it('D11: shows no performance and no OEE before five cycles could have been made', () => {
    const { oee } = build([machine('Filler')], 4 * S);
    oee.accept([row('Filler', 'State', 0, 'Execute'), ...parts('Filler', 0, 4 * S)]);
    const { factors } = first(oee);
    expect([factors.availability.value, factors.performance.value, factors.oee.value]).toEqual([1, null, null]);
    expect(factors.oee.cause).toMatch(/Too early/);
  });

  it('draws at most 600 segments that still fill the shift', () => {
    const { oee } = build([machine('Filler')], 60 * MIN);
    oee.accept(
      Array.from({ length: 3_600 }, (_, index) =>
        row('Filler', 'State', index * S, index % 2 === 0 ? 'Execute' : 'Held'),
      ),
    );
    const { timeline, accountMs } = first(oee);
    expect(timeline.length).toBeLessThanOrEqual(600);
    expect(timeline.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0)).toBe(60 * MIN);
    expect(accountMs).toEqual({ run: 30 * MIN, 'short-stop': 30 * MIN });
  });
});

describe('the edge node', () => {
  it('away: nothing is known from then on; back: what it kept fills the time', () => {
    const { oee, clock } = build([machine('Filler')], 10 * MIN);
    oee.accept([row('Filler', 'Connection/Online', 0, true), row('Filler', 'State', 0, 'Execute')]);
    oee.nodeChanged('another', false, SHIFT_MS + MIN);
    oee.nodeChanged('edge', false, SHIFT_MS + 6 * MIN);
    expect(first(oee)).toMatchObject({
      accountMs: { run: 6 * MIN, unknown: 4 * MIN },
      state: { timeClass: 'unknown' },
    });
    clock.advanceMs(MIN);
    // The node's birth says nothing of a device; the device's own does.
    oee.nodeChanged('edge', true, clock.nowMs());
    expect(first(oee).state.timeClass).toBe('unknown');
    oee.deviceChanged('edge', 'Filler', true, clock.nowMs());
    oee.accept([row('Filler', 'State', 8 * MIN, 'Aborted'), row('Filler', 'State', 10 * MIN, 'Execute')]);
    expect(first(oee).accountMs).toEqual({ run: 9 * MIN, failure: 2 * MIN });
  });

  it('away without ever having said that it observes: known until then', () => {
    const { oee } = build([machine('Filler')], 10 * MIN);
    oee.accept([row('Filler', 'State', 0, 'Execute')]);
    oee.nodeChanged('edge', false, SHIFT_MS + 6 * MIN);
    expect(first(oee).accountMs).toEqual({ run: 6 * MIN, unknown: 4 * MIN });
  });
});
