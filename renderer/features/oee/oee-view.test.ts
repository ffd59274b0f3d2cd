import { describe, expect, it } from 'vitest';
import { TIME_CLASSES } from '../../../shared/oee/time-class.ts';
import { machineOf, NOW_MS, SHIFT_START_MS, snapshotOf } from '../../../shared/testing/snapshot-fixture.ts';
import { toAxis, toEquipmentList, toLegend, toTileView, toTimelineView, toTrendInputs } from './oee-view.ts';

const missing = (cause: string | null) => ({ value: null, cause });

describe('toTileView', () => {
  it('shows one figure, its target and what it stands on', () => {
    expect(toTileView(machineOf(), NOW_MS, true)).toMatchObject({
      oee: '74.8',
      fillRatio: 0.748,
      isBelowTarget: true,
      target: 'target 80, provisional',
      counts: '18,108 made, 525 rejected',
      coverage: 'coverage 99.2 %',
      fault: null,
    });
  });

  it('shows a dash with its cause, an empty bar, and no judgement where there is no value', () => {
    const factors = {
      availability: missing('no planned time yet'),
      performance: missing(null),
      quality: missing(null),
      oee: missing('no planned time yet'),
    };
    const tile = toTileView(machineOf({ factors, coverageRatio: null }), NOW_MS, true);
    expect(tile).toMatchObject({ oee: '–', cause: 'no planned time yet', fillRatio: null, isBelowTarget: false });
    expect(tile.factors[0]).toEqual({ name: 'Availability', figure: '–', cause: 'no planned time yet' });
    expect(tile.coverage).toBe('coverage –');
  });

  it('does not cap a performance above 100 % and says that it is a fault', () => {
    const { factors } = machineOf();
    const tile = toTileView(
      machineOf({ factors: { ...factors, performance: { value: 1.44, cause: null } } }),
      NOW_MS,
      false,
    );
    expect(tile.factors[1]?.figure).toBe('144.0');
    expect(tile.fault).toContain('above 100 %');
  });
});

describe('toTimelineView', () => {
  it('says each stretch and the whole row in words', () => {
    const view = toTimelineView(machineOf(), 'Europe/Berlin');
    expect(view.segments[1]?.title).toBe('Failure: label web break, 10:47, 1 min');
    expect(view.summary).toBe('Running 3 h 20 min, Failure 16 min');
  });
});

describe('toTrendInputs', () => {
  it('ends each line with the figure of now', () => {
    const oee = snapshotOf().oee;
    if (oee === null) throw new Error('no oee');
    const [line] = toTrendInputs({ ...oee, takenAtMs: NOW_MS + 30_000 });
    expect(line?.points.map((point) => point.oee)).toEqual([null, 0.748, 0.748]);
    expect(line?.points.at(-1)?.atMs).toBe(NOW_MS + 30_000);
  });
});

describe('toAxis', () => {
  it('runs from the start of the shift to now, at least ten minutes', () => {
    const oee = snapshotOf().oee;
    if (oee === null) throw new Error('no oee');
    expect(toAxis(oee, 'UTC')).toEqual({ fromMs: SHIFT_START_MS, toMs: NOW_MS, note: 'shift to date' });
    expect(toAxis({ ...oee, takenAtMs: SHIFT_START_MS }, 'UTC').toMs - SHIFT_START_MS).toBe(600_000);
    expect(toAxis({ ...oee, shift: null, line: null, machines: [] }, 'UTC')).toMatchObject({ fromMs: NOW_MS });
  });

  it('begins with the first known time, and says so, where most of the shift is unknown', () => {
    const oee = snapshotOf().oee;
    if (oee === null) throw new Error('no oee');
    const late = machineOf({
      timeline: [
        { fromMs: SHIFT_START_MS, toMs: NOW_MS - 120_000, timeClass: 'unknown', cause: null },
        { fromMs: NOW_MS - 120_000, toMs: NOW_MS, timeClass: 'run', cause: null },
      ],
    });
    expect(toAxis({ ...oee, line: null, machines: [late] }, 'Europe/Berlin')).toEqual({
      fromMs: NOW_MS - 120_000,
      toMs: NOW_MS + 480_000,
      note: 'from 10:46, unknown before',
    });
  });

  it('puts the line before its machines', () => {
    const oee = snapshotOf().oee;
    expect(oee === null ? [] : toEquipmentList(oee).map((entry) => entry.kind)).toEqual(['line', 'machine']);
  });
});

describe('toLegend', () => {
  it('adds rare classes only where they occur', () => {
    expect(toLegend([machineOf()], TIME_CLASSES)).not.toContain('no-order');
    const rare = machineOf({ timeline: [{ fromMs: 0, toMs: 1, timeClass: 'no-order', cause: null }] });
    expect(toLegend([rare], TIME_CLASSES)).toContain('no-order');
  });
});
