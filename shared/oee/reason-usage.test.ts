import { expect, test } from 'vitest';
import type { AssignedReason } from './machine-account.ts';
import { countReasons } from './reason-usage.ts';

let lastId = 0;
const said = (reasonId: string | null, fromMs: number, toMs: number): AssignedReason => ({
  assignmentId: (lastId += 1),
  reasonId,
  timeClass: 'failure',
  isPlanned: false,
  comment: null,
  by: 'ana',
  atMs: lastId,
  fromMs,
  toMs,
});

test('each assignment that stands is one stop, with the time in which it is the newest', () => {
  const machine = [said('jam', 0, 60_000), said('jam', 100_000, 130_000), said('film', 110_000, 120_000)];
  expect(countReasons([machine], { fromMs: 0, toMs: 1_000_000 })).toEqual([
    { reasonId: 'jam', stopCount: 2, totalS: 80 },
    { reasonId: 'film', stopCount: 1, totalS: 10 },
  ]);
});

test('a reason that was replaced or taken back is not counted', () => {
  const replaced = [said('jam', 0, 60_000), said('film', 0, 60_000)];
  const takenBack = [said('jam', 0, 60_000), said(null, 0, 60_000)];
  expect(countReasons([replaced, takenBack], { fromMs: 0, toMs: 1_000_000 })).toEqual([
    { reasonId: 'film', stopCount: 1, totalS: 60 },
  ]);
});

test('only the time within the range counts, over all machines', () => {
  const range = { fromMs: 50_000, toMs: 100_000 };
  const usage = countReasons(
    [[said('jam', 0, 60_000)], [said('jam', 90_000, 200_000)], [said('jam', 0, 40_000)]],
    range,
  );
  expect(usage).toEqual([{ reasonId: 'jam', stopCount: 2, totalS: 20 }]);
});
