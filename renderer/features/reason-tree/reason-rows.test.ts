import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../shared/domain/reason.ts';
import { describeClassChange, possibleParents, stepOfKey, toReasonId, toReasonRows } from './reason-rows.ts';

const reason = (reasonId: string, parentReasonId: string | null, rest: Partial<Reason> = {}): Reason => ({
  reasonId,
  parentReasonId,
  names: { en: reasonId.toUpperCase() },
  timeClass: 'failure',
  isPlanned: false,
  retiredAtMs: null,
  ...rest,
});
const TREE = [
  reason('failure', null),
  reason('jam', 'failure', { names: { en: 'Jam', de: 'Stau' } }),
  reason('cap', 'jam'),
  reason('sensor', 'failure', { retiredAtMs: 5 }),
  reason('planned', null, { timeClass: 'planned' }),
];
const all = { search: '', closedIds: new Set<string>(), isRetiredShown: false };
const idsOf = (filter: Partial<typeof all>): string[] =>
  toReasonRows(TREE, { ...all, ...filter }).map(({ reason: { reasonId }, level }) => `${level} ${reasonId}`);

describe('toReasonRows', () => {
  it('lays the tree out from top to bottom, without what is below a closed one or retired', () => {
    expect(idsOf({})).toEqual(['1 failure', '2 jam', '3 cap', '1 planned']);
    expect(idsOf({ closedIds: new Set(['jam']) })).toEqual(['1 failure', '2 jam', '1 planned']);
    expect(idsOf({ isRetiredShown: true })).toContain('2 sensor');
  });

  it('finds a reason by its name in any language, in its place, also below a closed one', () => {
    expect(idsOf({ search: 'stau', closedIds: new Set(['failure']) })).toEqual(['1 failure', '2 jam']);
    expect(idsOf({ search: 'nothing' })).toEqual([]);
  });
});

describe('stepOfKey', () => {
  const rows = toReasonRows(TREE, all);
  it('walks by arrows as trees do', () => {
    expect(stepOfKey(rows, null, 'ArrowDown')).toEqual({ kind: 'choose', reasonId: 'failure' });
    expect(stepOfKey(rows, 'cap', 'ArrowDown')).toEqual({ kind: 'choose', reasonId: 'planned' });
    expect(stepOfKey(rows, 'planned', 'ArrowDown')).toEqual({ kind: 'choose', reasonId: 'planned' });
    expect(stepOfKey(rows, 'cap', 'ArrowLeft')).toEqual({ kind: 'choose', reasonId: 'jam' });
    expect(stepOfKey(rows, 'jam', 'ArrowLeft')).toEqual({ kind: 'close', reasonId: 'jam' });
    expect(stepOfKey(rows, 'jam', 'ArrowRight')).toEqual({ kind: 'choose', reasonId: 'cap' });
    expect(stepOfKey(rows, 'cap', 'ArrowRight')).toBeNull();
    expect(stepOfKey(rows, null, 'Delete')).toBeNull();
  });
});

describe('toReasonId', () => {
  it('is made of the name and never one that was used before', () => {
    expect(toReasonId('Kappenstörung, links', TREE)).toBe('kappenstorung-links');
    expect(toReasonId('Sensor', TREE)).toBe('sensor-2');
    expect(toReasonId('停止', TREE)).toBe('reason');
  });
});

describe('possibleParents', () => {
  it('offers no place below the reason itself or below a retired one', () => {
    expect(possibleParents(TREE, 'jam').map(({ reasonId }) => reasonId)).toEqual(['failure', 'planned']);
  });
});

describe('describeClassChange', () => {
  it('warns when time leaves or enters the planned production time', () => {
    expect(describeClassChange('failure', 'planned')).toContain('leave the planned production time');
    expect(describeClassChange('no-order', 'setup')).toContain('lower availability');
    expect(describeClassChange('failure', 'setup')).toMatch(/^Stops that have this reason already/);
    expect(describeClassChange('setup', 'setup')).toBeNull();
  });
});
