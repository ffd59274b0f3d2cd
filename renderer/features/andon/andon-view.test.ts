import { describe, expect, it } from 'vitest';
import { machineOf } from '../../../shared/testing/snapshot-fixture.ts';
import { AT_MS, equipmentShiftOf } from '../../testing/equipment-shift.ts';
import { findStopper, toAndonView } from './andon-view.ts';

const machine = (name: string, timeClass: 'run' | 'failure' | 'starved' | 'setup', agoMs: number) =>
  machineOf({ equipmentId: name, name, state: { timeClass, cause: null, sinceMs: AT_MS - agoMs } });

const LINE = machineOf({
  equipmentId: 'LINE01',
  name: 'LINE01',
  kind: 'line',
  state: { timeClass: 'failure', cause: 'Label web torn', sinceMs: AT_MS - 192_000 },
});
const MACHINES = [
  machine('Filler', 'starved', 400_000),
  machine('Capper', 'setup', 60_000),
  machine('Labeller', 'failure', 192_000),
];
const facts = {
  oee: { takenAtMs: AT_MS, shift: null, line: LINE, machines: MACHINES },
  shift: equipmentShiftOf({ kind: 'line' }),
  timeZone: 'Europe/Berlin',
  nowMs: AT_MS,
  silentMs: 200,
};

describe('toAndonView', () => {
  it('says state with letter and timer, who stops the line, and counts against target', () => {
    expect(toAndonView(facts)).toMatchObject({
      letter: 'F',
      word: 'Failure',
      timer: '00:03:12',
      changedAt: 'since 11:38:48 CET',
      stopper: 'Labeller: Failure',
      oee: '62.4',
      isOeeBelow: true,
      target: 'target 80 %',
      phase: 'Early, to date',
      good: '17,583',
      goodTarget: '22,800',
      isBehind: true,
      silence: null,
    });
  });

  it('blames nobody while the line runs', () => {
    const running = { ...LINE, state: { timeClass: 'run' as const, cause: null, sinceMs: AT_MS } };
    expect(toAndonView({ ...facts, oee: { ...facts.oee, line: running } })?.stopper).toBeNull();
  });

  it('knows nothing of a line that nobody hears', () => {
    expect(toAndonView({ ...facts, silentMs: 12_000 })).toMatchObject({
      timeClass: 'unknown',
      letter: '?',
      timer: '00:00:12',
      stopper: null,
      silence: 'Nothing heard for 12 s',
      machines: [{ timeClass: 'unknown' }, { timeClass: 'unknown' }, { timeClass: 'unknown' }],
    });
  });

  it('has dashes until the shift is read, and nothing to show without equipment', () => {
    expect(toAndonView({ ...facts, shift: null })).toMatchObject({
      oee: '–',
      oeeCause: 'reading the shift',
      good: '–',
    });
    expect(toAndonView({ ...facts, oee: { ...facts.oee, line: null, machines: [] } })).toBeNull();
  });
});

describe('findStopper', () => {
  it('takes the first own stop, not those that wait', () => {
    expect(findStopper(MACHINES)?.name).toBe('Labeller');
    expect(findStopper(MACHINES.slice(0, 1))).toBeNull();
  });
});
