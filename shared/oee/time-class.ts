import { z } from 'zod';

/**
 * Mutually exclusive classes of a machine's time; in any range they sum to the wall clock exactly.
 * `run` and `short-stop` are run time of the Vorne view (short stops are performance loss).
 */
export const TIME_CLASSES = [
  'run',
  'short-stop',
  'failure',
  'starved',
  'blocked',
  'setup',
  'unassigned',
  'planned',
  'no-order',
  'not-scheduled',
  'unknown',
] as const;

export const TimeClass = z.enum(TIME_CLASSES);
export type TimeClass = z.infer<typeof TimeClass>;

/** Milliseconds per class. */
export type TimeAccount = Readonly<Record<TimeClass, number>>;

/** Half-open range of wall-clock time, milliseconds since 1970 UTC. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch of one class; `cause` is what the machine said (PackML state, stop reason). */
export interface ClassifiedInterval extends TimeRange {
  readonly timeClass: TimeClass;
  readonly cause: string | null;
}
