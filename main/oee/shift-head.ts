import type { ShiftHead } from '../../shared/domain/equipment-shift.ts';
import { divide, isZero, toNumber, toRational } from '../../shared/oee/rational.ts';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { ShiftFigures, StoredRevision } from '../../shared/oee/stored-shift.ts';

/** Head of a shift of which nothing is stored yet, because it runs. */
export const runningHead = (shift: ShiftInstance): ShiftHead => toShiftHead(shift, { isRunning: true });

/** Head of a shift: where its numbers stand, which revision they are, and who signed which. */
export function toShiftHead(
  { name, localDate, fromMs, toMs, breaks }: ShiftInstance,
  known: {
    readonly isRunning: boolean;
    readonly settledAtMs?: number | null;
    readonly revision?: StoredRevision | undefined;
  },
): ShiftHead {
  const { isRunning, settledAtMs = null, revision } = known;
  const isRevised = revision !== undefined && revision.revision > 1;
  return {
    name,
    productionDay: localDate,
    fromMs,
    toMs,
    breaks: breaks.map((pause) => ({ name: pause.name, fromMs: pause.fromMs, toMs: pause.toMs })),
    phase: isRunning ? 'running' : settledAtMs === null ? 'provisional' : isRevised ? 'revised' : 'final',
    revision: revision?.revision ?? 1,
    revisedAtMs: isRevised ? revision.madeAtMs : null,
    revisedBecause: isRevised ? revision.because : null,
    signature: toSignature(revision),
  };
}

function toSignature(revision: StoredRevision | undefined): ShiftHead['signature'] {
  if (revision === undefined || revision.signature === null) return null;
  const { figures, ...said } = revision.signature;
  return { ...said, oee: storedOee(figures) };
}

/** OEE of stored figures: ideal time of the good parts in the planned production time; null where one is not known. */
function storedOee({ plannedMs, earnedGoodMs }: ShiftFigures): number | null {
  if (plannedMs === 0 || earnedGoodMs === null) return null;
  const planned = toRational(plannedMs);
  return isZero(planned) ? null : toNumber(divide(toRational(Number(earnedGoodMs)), planned));
}
