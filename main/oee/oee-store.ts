import type { EvidenceColumns, EvidenceQuery } from '../../shared/oee/evidence-columns.ts';
import type { StopCut } from '../../shared/oee/machine-account.ts';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type {
  ComputedShift,
  MadeRevision,
  ShiftTask,
  SpokenWords,
  StoredRevision,
  StoredShift,
} from '../../shared/oee/stored-shift.ts';
import type { TimeClass, TimeRange } from '../../shared/oee/time-class.ts';

/** A reason of the tree. */
export interface KnownReason {
  readonly reasonId: string;
  readonly parentReasonId: string | null;
  readonly name: string;
  readonly timeClass: TimeClass;
  readonly isPlanned: boolean;
  readonly isRetired: boolean;
}

/** The samples that OEE is computed from. */
export interface EvidenceReader {
  /** A block for each machine and metric that has rows; blocks of what was before the range come first. */
  readEvidence(query: EvidenceQuery): Promise<EvidenceColumns[]>;
}

/** What answers need of the historian. */
export interface ShiftReader extends EvidenceReader {
  /** Shifts that touch a range, oldest first. */
  readShifts(lineId: string, range: TimeRange): Promise<StoredShift[]>;
  /** Shifts that began before, newest first. */
  readShiftsBefore(lineId: string, beforeMs: number, limit: number): Promise<StoredShift[]>;
  readRevisions(shiftIds: readonly number[], equipmentIds: readonly string[]): Promise<StoredRevision[]>;
  readReasons(): Promise<KnownReason[]>;
  readWords(machineIds: readonly string[], range: TimeRange): Promise<ReadonlyMap<string, SpokenWords>>;
  /** When the first row was measured that retention has not dropped; null without rows. */
  readFirstSampleMs(machineIds: readonly string[], metricNames: readonly string[]): Promise<number | null>;
}

/** What people say is added, and never changed. */
export interface WordStore {
  addAssignment(
    said: TimeRange & {
      readonly machineId: string;
      readonly reasonId: string | null;
      readonly comment: string | null;
      readonly by: string;
    },
  ): Promise<void>;
  addCut(machineId: string, cut: StopCut, by: string): Promise<void>;
  /** False when the revision is not the newest one any more. */
  addSignature(said: {
    readonly shiftId: number;
    readonly equipmentId: string;
    readonly revision: number;
    readonly by: string;
    readonly comment: string | null;
  }): Promise<boolean>;
  askFor(lineId: string, range: TimeRange, because: string | null): Promise<number>;
}

/** What is computed and what is still to be computed. Each method is one transaction. */
export interface ShiftStore extends ShiftReader {
  keepLine(line: {
    readonly lineId: string;
    readonly name: string;
    readonly timeZone: string;
    readonly machines: readonly { readonly machineId: string; readonly name: string; readonly isBottleneck: boolean }[];
  }): Promise<void>;
  /** Makes the stored shifts in a range the planned ones; those that change are to be computed. */
  keepShifts(
    lineId: string,
    range: TimeRange,
    planned: readonly ShiftInstance[],
    because: string | null,
  ): Promise<boolean>;
  readTasks(lineId: string, endedBeforeMs: number, limit: number): Promise<ShiftTask[]>;
  /** Asks for the shifts that late rows have changed since the last call. */
  followRevised(options: {
    readonly lineId: string;
    readonly machineIds: readonly string[];
    readonly metricNames: readonly string[];
    readonly reachMs: number;
    readonly nowMs: number;
  }): Promise<number>;
  /** Asks for the shifts of a range when the rules are others than before. */
  followRules(lineId: string, rulesPrint: string, range: TimeRange): Promise<number>;
  commitShift(commit: {
    readonly computed: ComputedShift;
    readonly changeCount: number | null;
    readonly because: string | null;
    readonly settledAtMs: number | null;
  }): Promise<MadeRevision[]>;
}
