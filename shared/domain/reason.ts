import { z } from 'zod';
import { DisplayName } from '../config/sparkplug-name.ts';
import { TimeClass } from '../oee/time-class.ts';

/** Classes that a person can give to time; the others are what the machine itself did, or not knowing. */
export const ReasonTimeClass = TimeClass.exclude(['run', 'short-stop', 'unassigned', 'unknown']);
export type ReasonTimeClass = z.infer<typeof ReasonTimeClass>;

/** Language of a name, as BCP 47 writes it: `en`, `de`, `pt-BR`. */
const Language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'is no language such as en, de or pt-BR');

/** Why a machine stands, as an entry of a tree. */
export const Reason = z.strictObject({
  /** Stands in assignments for ever; never used for something else. */
  reasonId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'may hold a-z, 0-9 and - (at most 64)'),
  /** Null for a root. */
  parentReasonId: z.string().nullable(),
  /** By language. English is what reports in SQL show, and what stands in for a language without a name. */
  names: z.record(Language, DisplayName).refine((names) => names['en'] !== undefined, 'has no name in English (en)'),
  timeClass: ReasonTimeClass,
  /** Decided before, such as a change-over; it splits the Pareto, the time class alone moves OEE. */
  isPlanned: z.boolean(),
  /** Not offered any more since then; old assignments keep it. Null for those that are offered. */
  retiredAtMs: z.number().int().nullable(),
});
export type Reason = z.infer<typeof Reason>;
