import { z } from 'zod';
import { TimeClass } from '../oee/time-class.ts';

/** A ratio 0 … 1 (performance may exceed 1), or null with the reason why there is none. */
export const Factor = z.object({ value: z.number().nullable(), cause: z.string().nullable() });
export type Factor = z.infer<typeof Factor>;

const TimelineSegment = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  timeClass: TimeClass,
  cause: z.string().nullable(),
});
type TimelineSegment = z.infer<typeof TimelineSegment>;

export const OeeFactors = z.object({ availability: Factor, performance: Factor, quality: Factor, oee: Factor });
export type OeeFactors = z.infer<typeof OeeFactors>;

/** OEE of one machine or of the line, shift to date. Numerators and denominators are here, not only ratios. */
export const EquipmentOee = z.object({
  equipmentId: z.string(),
  name: z.string(),
  kind: z.enum(['machine', 'line']),
  factors: OeeFactors,
  targetRatio: z.number(),
  state: z.object({ timeClass: TimeClass, cause: z.string().nullable(), sinceMs: z.number() }),
  accountMs: z.partialRecord(TimeClass, z.number()),
  plannedMs: z.number(),
  runMs: z.number(),
  idealCycleMs: z.number().nullable(),
  totalCount: z.number(),
  goodCount: z.number(),
  rejectCount: z.number(),
  /** Known share of the time that should be known. */
  coverageRatio: z.number().nullable(),
  /** One line: what the figure stands on. */
  basis: z.string(),
  /** Most costly loss of the shift, as a sentence, or null when nothing was lost. */
  mostCostly: z.string().nullable(),
  /** At most 600 segments of the shift, oldest first. */
  timeline: z.array(TimelineSegment),
  /** OEE, shift to date, at most one point a minute, oldest first. */
  trend: z.array(z.object({ atMs: z.number(), oee: z.number().nullable() })),
});
export type EquipmentOee = z.infer<typeof EquipmentOee>;

export const OeeSnapshot = z.object({
  takenAtMs: z.number(),
  shift: z.object({ name: z.string(), localDate: z.string(), fromMs: z.number(), toMs: z.number() }).nullable(),
  line: EquipmentOee.nullable(),
  machines: z.array(EquipmentOee),
});
export type OeeSnapshot = z.infer<typeof OeeSnapshot>;
