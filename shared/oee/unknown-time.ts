import type { MachineRules } from './machine-account.ts';
import type { TimeRange } from './time-class.ts';
import type { TimePiece } from './time-piece.ts';

/**
 * T5: what becomes of time that is not known. `exclude` leaves it unknown, outside the planned time; `hold-last` takes
 * what was before it; `count-as-down` takes it as a stop nobody has explained. Changes the pieces in place, before stop
 * lengths are looked at.
 *
 * Returns the ranges whose parts go with them: counting parts without their time is how performance reads 144 % (S10).
 * Only held time keeps its parts.
 */
export function applyUnknownPolicy(pieces: readonly TimePiece[], policy: MachineRules['unknownTime']): TimeRange[] {
  const gaps: TimeRange[] = [];
  let before: TimePiece | undefined;
  for (const piece of pieces) {
    if (piece.timeClass !== 'unknown') {
      before = piece;
      continue;
    }
    if (policy === 'hold-last' && before !== undefined) {
      const { timeClass, cause, reasonSource } = before;
      Object.assign(piece, { timeClass, cause, reasonSource, isAssumed: true });
      continue;
    }
    gaps.push({ fromMs: piece.fromMs, toMs: piece.toMs });
    if (policy === 'count-as-down') {
      piece.timeClass = 'unassigned';
      piece.isAssumed = true;
    }
  }
  return gaps;
}
