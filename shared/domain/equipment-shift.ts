import { z } from 'zod';
import { TimeClass } from '../oee/time-class.ts';
import { Factor, OeeFactors } from './oee-snapshot.ts';

/** Which shift of a machine or of the line; `shiftFromMs` null: the one that runs, else the last one that ended. */
export const ShiftKey = z.object({ equipmentId: z.string(), shiftFromMs: z.number().nullable() });
export type ShiftKey = z.infer<typeof ShiftKey>;

/**
 * Where the numbers of a shift stand: `running` to date; `provisional` ended, late data may still come; `final`
 * settled; `revised` changed after it was final (T9).
 */
const ShiftPhase = z.enum(['running', 'provisional', 'final', 'revised']);

const Signature = z.object({
  by: z.string(),
  atMs: z.number(),
  comment: z.string().nullable(),
  /** The revision that was signed, and its OEE: they stay when late data change the shift. */
  revision: z.number(),
  oee: z.number().nullable(),
});

export const ShiftHead = z.object({
  name: z.string(),
  /** `2026-03-28`: the day on which the shift starts (K3). */
  productionDay: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  breaks: z.array(z.object({ name: z.string(), fromMs: z.number(), toMs: z.number() })),
  phase: ShiftPhase,
  revision: z.number(),
  revisedAtMs: z.number().nullable(),
  revisedBecause: z.string().nullable(),
  signature: Signature.nullable(),
});
export type ShiftHead = z.infer<typeof ShiftHead>;

/** Null where no counter says it. */
export const Counts = z.object({
  total: z.number().nullable(),
  good: z.number().nullable(),
  reject: z.number().nullable(),
  rework: z.number().nullable(),
});
export type Counts = z.infer<typeof Counts>;

/** A figure of a view, with the exact fraction it stands for; opened by `explain` with its id. */
export const Kpi = z.object({
  /** `availability`, `performance`, `quality`, `oee`, `teep`, `ooe`, `mtbf`, `mttr`, …; in the ISO view `iso-…`. */
  id: z.string(),
  label: z.string(),
  value: z.number().nullable(),
  unit: z.enum(['ratio', 'ms', 'count']),
  /** Why there is no value, or what is doubtful about it. */
  cause: z.string().nullable(),
  /** `59/240`; null where there is no value. */
  exact: z.string().nullable(),
  formula: z.string(),
});
export type Kpi = z.infer<typeof Kpi>;

export const TimelineSegment = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  timeClass: TimeClass,
  cause: z.string().nullable(),
});
export type TimelineSegment = z.infer<typeof TimelineSegment>;

/** An hour (UTC) of the shift, cut at its edges. */
export const HourBar = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  accountMs: z.partialRecord(TimeClass, z.number()),
  counts: Counts,
  /** Good parts that the target OEE would have made in the planned time of the hour. */
  targetCount: z.number().nullable(),
  availability: Factor,
  performance: Factor,
  quality: Factor,
  oee: Factor,
});
export type HourBar = z.infer<typeof HourBar>;

/** Good parts from the start of the shift, against the target. */
export const WormPoint = z.object({
  atMs: z.number(),
  goodCount: z.number().nullable(),
  targetCount: z.number().nullable(),
});
export type WormPoint = z.infer<typeof WormPoint>;

/** A step of the time ladder from all time down to fully productive time (oee.md 1.1). */
export const LossStep = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['level', 'loss']),
  ms: z.number(),
  /** The same as good parts that were not made, where an ideal cycle is known. */
  partCount: z.number().nullable(),
  /** One of the six big losses, for a loss that is one. */
  bigLoss: z.string().nullable(),
});
export type LossStep = z.infer<typeof LossStep>;

/** Lost time of one reason; small stops are one bar. */
export const ParetoBar = z.object({
  id: z.string(),
  label: z.string(),
  /** From the root of the reason tree; empty for what the machine named. */
  path: z.array(z.string()),
  timeClass: TimeClass,
  lostMs: z.number(),
  stopCount: z.number(),
});
export type ParetoBar = z.infer<typeof ParetoBar>;

export const Stop = z.object({
  machineId: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  isOpen: z.boolean(),
  timeClass: TimeClass,
  /** What the machine named first. */
  cause: z.string().nullable(),
  reasonId: z.string().nullable(),
  reasonLabel: z.string().nullable(),
  reasonSource: z.enum(['plan', 'machine', 'neighbour', 'operator', 'none']),
  assignedBy: z.string().nullable(),
  assignedAtMs: z.number().nullable(),
  comment: z.string().nullable(),
  needsReason: z.boolean(),
  parts: z.array(TimelineSegment),
  /** A person cut it here: the cut can be taken back. */
  isCutAtStart: z.boolean(),
});
export type Stop = z.infer<typeof Stop>;

export const ProductRun = z.object({
  productId: z.string().nullable(),
  orderId: z.string().nullable(),
  fromMs: z.number(),
  toMs: z.number(),
  idealCycleMs: z.number().nullable(),
  counts: Counts,
});
export type ProductRun = z.infer<typeof ProductRun>;

/** A shift of a machine or of the line, whole: page, report, command and export are drawn from it. */
export const EquipmentShift = z.object({
  equipmentId: z.string(),
  name: z.string(),
  kind: z.enum(['machine', 'line']),
  /** IANA name; all local times are in it. */
  timeZone: z.string(),
  takenAtMs: z.number(),
  /** Null when no shift has run yet. */
  shift: ShiftHead.nullable(),
  state: z.object({ timeClass: TimeClass, cause: z.string().nullable(), sinceMs: z.number() }),
  factors: OeeFactors,
  targetRatio: z.number(),
  /** The Vorne view and what goes with it. */
  kpis: z.array(Kpi),
  /** ISO 22400-2, with its own labels. */
  isoKpis: z.array(Kpi),
  accountMs: z.partialRecord(TimeClass, z.number()),
  plannedMs: z.number(),
  runMs: z.number(),
  counts: Counts,
  coverageRatio: z.number().nullable(),
  basis: z.string(),
  ruleset: z.string(),
  mostCostly: z.string().nullable(),
  /** What makes the figures doubtful, a sentence each. */
  remarks: z.array(z.object({ code: z.string(), text: z.string() })),
  /** At most 2,000 segments, oldest first. */
  timeline: z.array(TimelineSegment),
  hours: z.array(HourBar),
  worm: z.array(WormPoint),
  waterfall: z.array(LossStep),
  pareto: z.array(ParetoBar),
  /** Newest first; those above T1 only. */
  stops: z.array(Stop),
  products: z.array(ProductRun),
});
export type EquipmentShift = z.infer<typeof EquipmentShift>;

/** A shift in the list of shifts. */
export const ShiftLine = z.object({
  equipmentId: z.string(),
  head: ShiftHead,
  oee: Factor,
  coverageRatio: z.number().nullable(),
  unexplainedStopCount: z.number(),
});
export type ShiftLine = z.infer<typeof ShiftLine>;

export const ShiftListQuery = z.object({
  equipmentId: z.string(),
  /** Shifts that began before. */
  beforeMs: z.number(),
  limit: z.number().int().min(1).max(200),
});
export type ShiftListQuery = z.infer<typeof ShiftListQuery>;
