import type { TagRole } from '../config/equipment.ts';
import type { CountedSeries } from './counted-parts.ts';
import type { CompleteCounts } from './counter-deltas.ts';
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
  /** Parts of one count of this product (C9); where absent that of the machine holds. */
  readonly partsPerCount?: number;
}

/** What evidence there is of a machine; `online` is the edge node's own word on whether it observed the machine. */
export type EvidenceRole = TagRole | 'online';

/** Rules by which a machine's samples become an account. Times in milliseconds. */
export interface MachineRules {
  /** T1: stops up to this length are performance loss. */
  readonly microStopMs: number;
  /** T2: stops above it need a reason. Between T1 and T2 they are small stops, availability loss without one. */
  readonly reasonStopMs: number;
  /** Nothing heard of any of its metrics for longer is unknown time (T4); null never looks. */
  readonly staleAfterMs: number | null;
  /** A state or signal of bad quality holds for as long, then its time is unknown (T3). */
  readonly badQualityHoldMs: number;
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
  /** Below this known share a figure is remarked on (T5). */
  readonly coverageBadgeRatio: number;
  /** Metric by role: where the samples behind a figure are. A role that is not here is never heard. */
  readonly metricNames: Readonly<Partial<Record<EvidenceRole, string>>>;
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
  /** Null takes an older reason back. */
  readonly reasonId: string | null;
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
  /** It is not known: the policy for unknown time gave it its class (T5). */
  readonly isAssumed: boolean;
  /** Change-over beyond its target (L5). */
  readonly isOverTarget: boolean;
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
  /** Parts of one count, where counts are of cycles (C9). */
  readonly partsPerCount: number;
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

/** Time in which a machine is not meant to work, or in which a change-over is planned (`setup-target`). */
export interface PlannedStretch extends TimeRange {
  readonly name: string;
  readonly kind?: 'maintenance' | 'no-demand' | 'setup-target';
}

export interface AccountInput {
  readonly rules: MachineRules;
  readonly evidence: MachineEvidence;
  readonly shift: ShiftInstance;
  /** Planned maintenance and the like of this machine, beside the breaks of the shift. */
  readonly plannedWindows: readonly PlannedStretch[];
  readonly assignments: readonly AssignedReason[];
  readonly cuts: readonly StopCut[];
  /** Start of the shift to now, or to its end. */
  readonly range: TimeRange;
  /**
   * Now, for a shift that has ended: a stop that lasts beyond its end is measured whole (L9). Where absent, the last
   * thing heard.
   */
  readonly knownToMs?: number;
}

/** A step of a counter as it was counted: the parts of (fromMs, toMs]. */
export interface CountedStep extends TimeRange {
  readonly count: number;
  /** Shared out over run time (C5). */
  readonly isEstimated: boolean;
}

export type CounterRole = 'total' | 'good' | 'reject' | 'rework';

/** All that is known of a machine in a range. Everything shown or stored is derived from it. */
export interface MachineAccount {
  readonly range: TimeRange;
  readonly rules: MachineRules;
  /** Divide the range exactly. */
  readonly intervals: readonly ExplainedInterval[];
  readonly account: TimeAccount;
  /** Planned production time that is assumed, not known (T5). */
  readonly assumedMs: number;
  readonly stops: readonly StopRecord[];
  readonly products: readonly ProductAccount[];
  readonly counts: CompleteCounts;
  /** Parts after the start of the range up to a time in it. */
  readonly countsAt: (atMs: number) => CompleteCounts;
  /** Counts of each product in a part of the range, with the ideal that held. */
  readonly productsIn: (range: TimeRange) => readonly ProductAccount[];
  /** Steps of a counter that touch a range, cut at it, with the parts in it; empty without such a counter. */
  readonly stepsIn: (role: CounterRole, range: TimeRange) => readonly CountedStep[];
  /** Time that is not known, before the plan was laid over it: its parts are not counted (T5). */
  readonly gaps: readonly TimeRange[];
  /** Steps of a counter that overlap a range, whole: for shares of long cycles (D9). */
  readonly wholeStepsIn: (role: CounterRole, range: TimeRange) => readonly CountedStep[];
  /** Whether total, good and reject are counted; else they are computed from the others. */
  readonly hasTotalCounter: boolean;
  readonly hasGoodCounter: boolean;
  readonly hasRejectCounter: boolean;
  /** Run time up to a time, from before the range on: counters reach over its edges. Without the plan. */
  readonly runMsTo: (atMs: number) => number;
  /** Change-overs, from the last part of one product to the first good one of the next (L5). */
  readonly changeovers: readonly TimeRange[];
  readonly remarks: readonly AccountRemark[];
}
