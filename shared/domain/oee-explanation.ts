import { z } from 'zod';
import { ShiftKey } from './equipment-shift.ts';

/**
 * Which figure: the id of a `Kpi`, of a `LossStep`, `hour:<fromMs>` or one of its factors `hour:<fromMs>:availability`,
 * `pareto:<id of the bar>`, `class:<time class>` or `count:<role>`.
 */
export const ExplainQuery = ShiftKey.extend({ figureId: z.string() });
export type ExplainQuery = z.infer<typeof ExplainQuery>;

const Amount = { value: z.number(), unit: z.enum(['ms', 'count', 'ratio']) };

/** What a term is made of: intervals of one class, or steps of a counter. */
const Piece = z.object({
  label: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  ...Amount,
  /** The metrics whose samples say so. */
  metricNames: z.array(z.string()),
});

const Term = z.object({
  role: z.enum(['numerator', 'denominator', 'part']),
  label: z.string(),
  /** How it is made of its pieces, e.g. `ideal 6 s × 340 parts`. */
  formula: z.string(),
  ...Amount,
  /** At most 500, longest first; `pieceCount` says how many there are. */
  pieces: z.array(Piece),
  pieceCount: z.number(),
});

/** A figure opened: numerator and denominator, the intervals they are made of, and where their samples are. */
export const Explanation = z.object({
  figureId: z.string(),
  label: z.string(),
  value: z.number().nullable(),
  unit: z.enum(['ratio', 'ms', 'count']),
  formula: z.string(),
  exact: z.string().nullable(),
  cause: z.string().nullable(),
  basis: z.string(),
  terms: z.array(Term),
});
export type Explanation = z.infer<typeof Explanation>;

/** Raw samples behind a piece: those of its time, and of each metric the last one before. */
export const SamplesQuery = z.object({
  equipmentId: z.string(),
  metricNames: z.array(z.string()),
  fromMs: z.number(),
  toMs: z.number(),
  limit: z.number().int().min(1).max(2_000),
});
export type SamplesQuery = z.infer<typeof SamplesQuery>;

export const SampleLine = z.object({
  timeMs: z.number(),
  receivedAtMs: z.number(),
  machineId: z.string(),
  metricName: z.string(),
  /** As a person reads it. */
  value: z.string(),
  quality: z.string(),
  isHistorical: z.boolean(),
});
export type SampleLine = z.infer<typeof SampleLine>;
