import type { CountedSeries } from './counted-parts.ts';
import type { PartCounts } from './counter-deltas.ts';
import type { StateMeaning } from './packml-classes.ts';
import type { ShiftInstance } from './shift-calendar.ts';
import type { Reading } from './state-intervals.ts';
import type { ClassifiedInterval, TimeAccount, TimeClass, TimeRange } from './time-class.ts';

/** Name of the rules in this folder; stored with every account and printed in every basis line. */
export const RULESET = 'lineside-oee/2';

/** Planned run time per part of a product from an instant on (D6, D7); the last one that has begun counts. */
export interface IdealCycle extends TimeRange {
  /** Null: of every product that has none of its own. */
  readonly productId: string | null;
  readonly idealCycleMs: number;
}

/** Rules by which a machine's samples become an account. Times in milliseconds. */
export interface MachineRules {
  /** T1: stops up to this length are performance loss. */
  readonly microStopMs: number;
  /** T2: stops above it need a reason. Between T1 and T2 they are small stops, availability loss without one. */
  readonly reasonStopMs: number;
  /** Nothing heard of any of its metrics for longer is unknown time (T3, T4); null never looks. */
  readonly staleAfterMs: number | null;
  /** T5. */
  readonly unknownTime: 'exclude' | 'hold-last' | 'count-as-down';
  /** L3: run in a planned window adds to the planned time, or the plan stands and OEE may exceed 1. */
  readonly workedBreak: 'adds-to-planned' | 'plan-stands';
  /** Where states come from: a PackML state, a run signal, or the counter alone. */
  readonly stateFrom: 'state' | 'run-signal' | 'counts';
  /** For `counts`: without a part for this long the machine stands since the last one. */
  readonly idleAfterMs: number;
  readonly stateMap: Readonly<Record<string, StateMeaning>>;
  /** Sorted by start. */
  readonly ideals: readonly IdealCycle[];
  /** Parts of one count (C9). */
  readonly partsPerCount: number;
  /** A gap of a counter that is longer is shared out over run time and marked as estimated (C5). */
  readonly prorateGapMs: number;
  /** L5: target of a change-over; what is longer is an overrun. Null has none. */
  readonly changeoverTargetMs: number | null;
}

/** Good readings of a counter with the running sum of their deltas. */
export interface CounterEvidence extends CountedSeries {
  readonly correctionCount: number;
  readonly resetCount: number;
}

/** What was heard of a machine, by role, each sorted by time. Absent roles have no readings. */
export interface MachineEvidence {
  readonly states: readonly Reading<string>[];
  readonly modes: readonly Reading<string>[];
  readonly running: readonly Reading<boolean>[];
  readonly stopReasons: readonly Reading<string>[];
  readonly starved: readonly Reading<boolean>[];
  readonly blocked: readonly Reading<boolean>[];
  readonly online: readonly Reading<boolean>[];
  readonly products: readonly Reading<string>[];
  readonly orders: readonly Reading<string>[];
  readonly total: CounterEvidence | null;
  readonly good: CounterEvidence | null;
  readonly reject: CounterEvidence | null;
  readonly rework: CounterEvidence | null;
  /** Times at which anything of it was heard, sorted; for T4. */
  readonly heardMs: readonly number[];
  /** The edge node or device is away since then; null while it is there (T2). */
  readonly deadSinceMs: number | null;
}

/** A reason that a person gave to a stretch of time; the newest that covers an instant counts (L7). */
export interface AssignedReason extends TimeRange {
  readonly assignmentId: number;
  readonly reasonId: string;
  readonly timeClass: TimeClass;
  readonly isPlanned: boolean;
  readonly comment: string | null;
  readonly by: string;
  readonly atMs: number;
}

/** A stop was cut here by a person (L8), or the cut was taken back. */
export interface StopCut {
  readonly atMs: number;
  readonly kind: 'split' | 'merge';
}

export type ReasonSource = 'plan' | 'machine' | 'neighbour' | 'operator' | 'none';

/** A stretch of one class with what it is explained by. */
export interface ExplainedInterval extends ClassifiedInterval {
  /** Id in the reason tree, when a person gave one. */
  readonly reasonId: string | null;
  readonly reasonSource: ReasonSource;
}

/** A stop as people speak of it: everything between two stretches of run, cut at the plan and where people cut it. */
export interface StopRecord extends TimeRange {
  readonly isOpen: boolean;
  /** Class of its longest part. */
  readonly timeClass: TimeClass;
  /** First-out: what the machine named first. */
  readonly cause: string | null;
  readonly reasonId: string | null;
  readonly reasonSource: ReasonSource;
  readonly assignment: AssignedReason | null;
  /** Above T2 and nobody has explained it. */
  readonly needsReason: boolean;
  /** Divide it exactly. */
  readonly parts: readonly ExplainedInterval[];
}

/** Parts of one product in a range. Counts null where no counter says it. */
export interface ProductAccount extends TimeRange {
  readonly productId: string | null;
  readonly orderId: string | null;
  readonly idealCycleMs: number | null;
  readonly totalCount: number | null;
  readonly goodCount: number | null;
  readonly rejectCount: number | null;
  readonly reworkCount: number | null;
}

/** Something that makes the figure doubtful, as a sentence (C6, D5, low coverage, estimated counts). */
export interface AccountRemark {
  readonly code:
    | 'counts-contradict'
    | 'performance-high'
    | 'coverage-low'
    | 'counts-estimated'
    | 'counter-corrected'
    | 'no-ideal-cycle'
    | 'clock-changed';
  readonly text: string;
}

export interface AccountInput {
  readonly rules: MachineRules;
  readonly evidence: MachineEvidence;
  readonly shift: ShiftInstance;
  /** Planned maintenance and the like of this machine, beside the breaks of the shift. */
  readonly plannedWindows: readonly (TimeRange & { readonly name: string })[];
  readonly assignments: readonly AssignedReason[];
  readonly cuts: readonly StopCut[];
  /** Start of the shift to now, or to its end. */
  readonly range: TimeRange;
}

/** All that is known of a machine in a range. Everything shown or stored is derived from it. */
export interface MachineAccount {
  readonly range: TimeRange;
  readonly rules: MachineRules;
  /** Divide the range exactly. */
  readonly intervals: readonly ExplainedInterval[];
  readonly account: TimeAccount;
  readonly stops: readonly StopRecord[];
  readonly products: readonly ProductAccount[];
  readonly counts: PartCounts & { readonly reworkCount: number | null };
  /** Parts from the start of the range up to a time in it. */
  readonly countsAt: (atMs: number) => PartCounts;
  readonly remarks: readonly AccountRemark[];
}
