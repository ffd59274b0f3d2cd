import { type MetricChange, PRIORITIES, type Priority } from '../../shared/domain/metric.ts';
import { estimateRowBytes } from './change-row.ts';
import { LOSS_REASON, type WhenFull } from './forward-buffer.ts';
import type { LossSummary } from './loss-summary.ts';

/** A buffer with a limit, as `makeRoom` sees it. */
export interface Room {
  /** For changes; below zero when more is taken than there should be. */
  freeBytes(): number;
  /** Drops some stored rows of the class, from that end, and enters them as lost; false when it holds none. */
  dropStored(priority: Priority, end: 'oldest' | 'newest'): boolean;
}

/**
 * Drops until what is left of the offered changes fits, and returns that. The outcome is that of storing all of
 * them and then dropping the oldest (or newest) row of the lowest class again and again: with `drop-oldest` the
 * offered ones are the last of their class to go, with `drop-newest` the first.
 */
export function makeRoom(
  changes: readonly MetricChange[],
  whenFull: WhenFull,
  room: Room,
  lost: LossSummary,
): readonly MetricChange[] {
  let kept = changes;
  let neededBytes = changes.reduce((sum, change) => sum + estimateRowBytes(change.value), 0);
  const isShort = (): boolean => kept.length > 0 && neededBytes > room.freeBytes();
  for (const priority of PRIORITIES) {
    if (!isShort()) break;
    if (whenFull === 'drop-oldest') while (isShort() && room.dropStored(priority, 'oldest'));
    const chosen = chooseOffered(kept, priority, whenFull, neededBytes - room.freeBytes());
    for (const change of chosen) lost.addChange(change, LOSS_REASON[whenFull]);
    kept = kept.filter((change) => !chosen.has(change));
    neededBytes = kept.reduce((sum, change) => sum + estimateRowBytes(change.value), 0);
    if (whenFull === 'drop-newest') while (isShort() && room.dropStored(priority, 'newest'));
  }
  return kept;
}

/** The offered changes of the class to refuse, from one end, until so many bytes are saved. */
function chooseOffered(
  offered: readonly MetricChange[],
  priority: Priority,
  whenFull: WhenFull,
  missingBytes: number,
): ReadonlySet<MetricChange> {
  const chosen = new Set<MetricChange>();
  let leftBytes = missingBytes;
  for (const change of whenFull === 'drop-oldest' ? offered : offered.toReversed()) {
    if (leftBytes <= 0) break;
    if ((change.priority ?? 'normal') !== priority) continue;
    chosen.add(change);
    leftBytes -= estimateRowBytes(change.value);
  }
  return chosen;
}
