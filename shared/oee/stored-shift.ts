import type { AssignedReason, StopCut } from './machine-account.ts';
import type { ShiftInstance } from './shift-calendar.ts';
import type { TimeAccount, TimeClass, TimeRange } from './time-class.ts';

/** A shift of a line as the historian keeps it. */
export interface StoredShift extends ShiftInstance {
  readonly shiftId: number;
  /** Its numbers stand since then; null while late data are still expected. */
  readonly settledAtMs: number | null;
}

/** A shift that must be computed, and why. */
export interface ShiftTask {
  readonly shift: StoredShift;
  /** Grows with every further reason to compute it. */
  readonly changeCount: number;
  readonly because: string | null;
}

/** Numerators and denominators; decimals as text, because ideal times are decimals. Null where nobody knows. */
export interface StoredCounts {
  readonly earnedTotalMs: string | null;
  readonly earnedGoodMs: string | null;
  readonly totalCount: number | null;
  readonly goodCount: number | null;
  readonly rejectCount: number | null;
  readonly reworkCount: number | null;
}

/** Time and parts of a machine in an hour of a shift, for one product. */
export interface AccountRow extends StoredCounts {
  readonly machineId: string;
  /** Start of the hour in UTC; the shift may begin later. */
  readonly hourMs: number;
  /** Empty where products are not told apart. */
  readonly productId: string;
  readonly accountMs: TimeAccount;
  readonly ruleset: string;
}

/** A stop as SQL sees it. */
export interface DowntimeEvent {
  readonly machineId: string;
  readonly eventType: 'fault' | 'downtime';
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
  readonly payload: Readonly<Record<string, string | boolean | null>>;
}

/** A whole shift of a machine or of the line in figures. */
export interface ShiftFigures extends StoredCounts {
  /** As in telemetry for a machine, the id of the line for the line. */
  readonly equipmentId: string;
  readonly plannedMs: number;
  readonly runMs: number;
  readonly unknownMs: number;
  readonly accountMs: Readonly<Partial<Record<TimeClass, number>>>;
  readonly unexplainedStopCount: number;
  readonly ruleset: string;
}

/** What was computed of a shift. */
export interface ComputedShift {
  readonly shiftId: number;
  readonly machineIds: readonly string[];
  readonly range: TimeRange;
  readonly accounts: readonly AccountRow[];
  readonly events: readonly DowntimeEvent[];
  readonly figures: readonly ShiftFigures[];
}

export interface StoredSignature {
  readonly by: string;
  readonly atMs: number;
  readonly comment: string | null;
  readonly revision: number;
}

/** The newest figures of an equipment in a shift, with the newest signature. */
export interface StoredRevision extends ShiftFigures {
  readonly shiftId: number;
  readonly revision: number;
  readonly madeAtMs: number;
  readonly because: string | null;
  readonly signature: (StoredSignature & { readonly figures: ShiftFigures }) | null;
}

/** A revision that was made because the numbers of a settled shift are others now. */
export interface MadeRevision {
  readonly equipmentId: string;
  readonly revision: number;
}

/** What people said about a machine's time. */
export interface SpokenWords {
  readonly assignments: readonly AssignedReason[];
  readonly cuts: readonly StopCut[];
}
