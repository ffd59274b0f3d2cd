import type { AssignedReason } from './machine-account.ts';
import type { TimeClass } from './time-class.ts';
import { cutPieces, sortedTimes, type TimePiece } from './time-piece.ts';

/** Time that people may explain: what is known, not planned, and long enough to be a stop of its own. */
const EXPLAINABLE: ReadonlySet<TimeClass> = new Set([
  'failure',
  'starved',
  'blocked',
  'unassigned',
  'setup',
  'no-order',
]);
/** What a reason can make of it. */
const ASSIGNABLE: ReadonlySet<TimeClass> = new Set([...EXPLAINABLE, 'planned']);

/**
 * Lays the reasons of people over time (L7): at every instant the newest that covers it. A planned reason takes time out
 * of the planned production time; the plan itself goes before every reason (L6). Assignments are append-only: one
 * without a reason takes an older one back.
 */
export function assignReasons(pieces: readonly TimePiece[], assignments: readonly AssignedReason[]): TimePiece[] {
  if (assignments.length === 0) return [...pieces];
  const newestFirst = [...assignments].sort((a, b) => b.atMs - a.atMs || b.assignmentId - a.assignmentId);
  const edges = sortedTimes(assignments.flatMap(({ fromMs, toMs }) => [fromMs, toMs]));
  const byStart = edges.map((fromMs) => newestFirst.find((one) => one.fromMs <= fromMs && fromMs < one.toMs) ?? null);
  const cut = cutPieces(pieces, edges);
  let next = 0;
  for (const piece of cut) {
    while ((edges[next + 1] ?? Number.POSITIVE_INFINITY) <= piece.fromMs) next += 1;
    const assignment = (edges[next] ?? Number.POSITIVE_INFINITY) <= piece.fromMs ? byStart[next] : null;
    if (assignment === undefined || assignment === null || assignment.reasonId === null) continue;
    if (!EXPLAINABLE.has(piece.timeClass) || piece.reasonSource === 'plan') continue;
    const { timeClass, isPlanned, reasonId } = assignment;
    const assigned = isPlanned && timeClass !== 'no-order' ? 'planned' : timeClass;
    if (ASSIGNABLE.has(assigned)) piece.timeClass = assigned;
    Object.assign(piece, { reasonId, reasonSource: 'operator', assignment });
    if (piece.timeClass !== 'setup') piece.isOverTarget = false;
  }
  return cut;
}
