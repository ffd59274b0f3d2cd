import { z } from 'zod';

/** How often people gave a reason of late, by what stands now: a reason that was replaced or taken back is none. */
export const ReasonUsage = z.object({
  reasonId: z.string(),
  /** Stretches of standing that have it. */
  stopCount: z.number().int(),
  totalS: z.number().describe('Seconds of standing that have it.'),
});
export type ReasonUsage = z.infer<typeof ReasonUsage>;

/** Reasons are counted over so many days, 24 h each, up to now. */
export const REASON_USAGE_DAYS = 30;
