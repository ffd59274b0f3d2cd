import { expect, test } from 'vitest';
import type { Reason } from '../../shared/domain/reason.ts';
import { formatReasons } from '../../shared/domain/reason-csv.ts';
import { importReasons } from './import-reasons.ts';

const reasonOf = (reasonId: string, change: Partial<Reason> = {}): Reason => ({
  reasonId,
  parentReasonId: null,
  names: { en: reasonId },
  timeClass: 'failure',
  isPlanned: false,
  retiredAtMs: null,
  ...change,
});

function storeOf(known: readonly Reason[]) {
  let all = [...known];
  return {
    reasons: () => all,
    putReasons: (put: readonly Reason[]) =>
      void (all = [...all.filter((old) => !put.some((one) => one.reasonId === old.reasonId)), ...put]),
  };
}

const table = formatReasons([
  reasonOf('jam'),
  reasonOf('film', { names: { en: 'Film torn' } }),
  reasonOf('cut', { parentReasonId: 'film' }),
]);

test('a table adds and changes, leaves the rest alone, and says what it did', () => {
  const store = storeOf([reasonOf('jam'), reasonOf('film'), reasonOf('other')]);
  expect(importReasons(store, { text: table, isDryRun: false })).toMatchObject({
    phase: 'imported',
    addedIds: ['cut'],
    changedIds: ['film'],
    unchangedCount: 1,
  });
  expect(store.reasons().map(({ reasonId }) => reasonId)).toEqual(['jam', 'other', 'cut', 'film']);
});

test('a dry run says the same and changes nothing', () => {
  const store = storeOf([reasonOf('jam')]);
  expect(importReasons(store, { text: table, isDryRun: true })).toMatchObject({
    phase: 'planned',
    addedIds: ['film', 'cut'],
  });
  expect(store.reasons()).toEqual([reasonOf('jam')]);
});

test('a table that makes no tree is refused as a whole', () => {
  const store = storeOf([reasonOf('jam')]);
  const text = formatReasons([reasonOf('film'), reasonOf('cut', { parentReasonId: 'nobody' })]);
  expect(importReasons(store, { text, isDryRun: false })).toEqual({
    phase: 'refused',
    faults: [{ row: null, column: 'parentReasonId', text: expect.stringContaining('nobody') as unknown }],
  });
  expect(store.reasons()).toEqual([reasonOf('jam')]);
});
