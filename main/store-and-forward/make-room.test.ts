import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricChange, PRIORITIES, type Priority } from '../../shared/domain/metric.ts';
import { changeOf } from './change-ramp.ts';
import { estimateRowBytes } from './change-row.ts';
import type { WhenFull } from './forward-buffer.ts';
import { LossSummary } from './loss-summary.ts';
import { makeRoom } from './make-room.ts';

const ROW_BYTES = estimateRowBytes(0);
const rank = (change: MetricChange): number => PRIORITIES.indexOf(change.priority ?? 'normal');

/** The rule in one sentence: store all, then drop the oldest (newest) row of the lowest class until it fits. */
function model(all: readonly MetricChange[], whenFull: WhenFull, maxRows: number): readonly MetricChange[] {
  const left = [...all];
  while (left.length > maxRows) {
    const lowest = Math.min(...left.map(rank));
    const isLowest = (change: MetricChange): boolean => rank(change) === lowest;
    left.splice(whenFull === 'drop-oldest' ? left.findIndex(isLowest) : left.findLastIndex(isLowest), 1);
  }
  return left;
}

const changes = fc.array(fc.constantFrom(...PRIORITIES), { maxLength: 25 });

describe('making room', () => {
  it.each(['drop-oldest', 'drop-newest'] as const)(
    'leaves what storing all and dropping would leave, %s',
    (whenFull) => {
      fc.assert(
        fc.property(changes, changes, fc.nat(25), (storedClasses, offeredClasses, maxRows) => {
          const make = (priority: Priority, index: number): MetricChange => changeOf(index, { priority });
          let stored = storedClasses.slice(0, maxRows).map(make);
          const offered = offeredClasses.map((priority, index) => make(priority, 100 + index));
          const expected = model([...stored, ...offered], whenFull, maxRows);
          const offeredCount = stored.length + offered.length;
          const lost = new LossSummary();
          const room = {
            freeBytes: () => (maxRows - stored.length) * ROW_BYTES,
            dropStored: (priority: Priority, end: 'oldest' | 'newest') => {
              const ofClass = stored.filter((change) => change.priority === priority);
              const chosen = end === 'oldest' ? ofClass[0] : ofClass.at(-1);
              if (chosen === undefined) return false;
              lost.addChange(chosen, 'stored');
              stored = stored.filter((change) => change !== chosen);
              return true;
            },
          };
          const kept = makeRoom(offered, whenFull, room, lost);
          expect([...stored, ...kept]).toEqual(expected);
          expect(stored.length + kept.length + lost.droppedCount, 'nothing is lost uncounted').toBe(offeredCount);
        }),
      );
    },
  );
});
