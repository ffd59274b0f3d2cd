import type { ReasonUsage } from '../domain/reason-usage.ts';
import type { AssignedReason } from './machine-account.ts';
import type { TimeRange } from './time-class.ts';
import { sortedTimes } from './time-piece.ts';

/**
 * Stops and seconds by reason in a range: at every instant of a machine the newest assignment counts (L7). The most
 * frequent come first. One assignment is one stop, also where a newer one holds in the middle of it.
 */
export function countReasons(machines: Iterable<readonly AssignedReason[]>, range: TimeRange): ReasonUsage[] {
  const stops = new Map<string, number>();
  const times = new Map<string, number>();
  for (const assignments of machines) {
    for (const [{ reasonId }, heldMs] of heldTimes(assignments, range)) {
      if (reasonId === null) continue;
      stops.set(reasonId, (stops.get(reasonId) ?? 0) + 1);
      times.set(reasonId, (times.get(reasonId) ?? 0) + heldMs);
    }
  }
  return [...stops]
    .map(([reasonId, stopCount]) => ({ reasonId, stopCount, totalS: (times.get(reasonId) ?? 0) / 1_000 }))
    .sort((a, b) => b.stopCount - a.stopCount || b.totalS - a.totalS || a.reasonId.localeCompare(b.reasonId));
}

/** Assignments of one machine with the milliseconds for which they are the newest. */
function heldTimes(assignments: readonly AssignedReason[], range: TimeRange): Map<AssignedReason, number> {
  const clip = (timeMs: number): number => Math.min(Math.max(timeMs, range.fromMs), range.toMs);
  const newestFirst = [...assignments].sort((a, b) => b.atMs - a.atMs || b.assignmentId - a.assignmentId);
  const edges = sortedTimes(assignments.flatMap(({ fromMs, toMs }) => [clip(fromMs), clip(toMs)]));
  const held = new Map<AssignedReason, number>();
  edges.forEach((fromMs, index) => {
    const toMs = edges[index + 1];
    if (toMs === undefined) return;
    const newest = newestFirst.find((one) => one.fromMs <= fromMs && toMs <= one.toMs);
    if (newest !== undefined) held.set(newest, (held.get(newest) ?? 0) + toMs - fromMs);
  });
  return held;
}
