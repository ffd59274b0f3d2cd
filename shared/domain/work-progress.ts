import { z } from 'zod';

/** Made by who orders the work (`crypto.randomUUID()`), so that progress and cancel have a name before it begins. */
export const WorkId = z.string().min(1).max(64);

/** How far a work is that takes longer than a glance: browse, import, export, a change of the engine. */
export const WorkProgress = z.object({
  workId: WorkId,
  /** What is done, as the person ordered it: `Import mapping.csv`. */
  title: z.string(),
  /** The last fact of a work is `ended`; what came of it is the answer of the call that ordered it. */
  phase: z.enum(['running', 'cancelling', 'ended']),
  doneCount: z.number(),
  totalCount: z.number().nullable().describe('Null where it is not known before the end, as in a browse.'),
  /** What is counted or being done: `rows read`, `stopping the engine`. */
  text: z.string(),
});
export type WorkProgress = z.infer<typeof WorkProgress>;
