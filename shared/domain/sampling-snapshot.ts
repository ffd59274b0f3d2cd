import { z } from 'zod';

/**
 * What slow sampling has cost in resolution. An upper bound: a server samples at most once per interval, and a value
 * that does not change gives no sample at either interval. Σ over slowed tags of duration / normal interval −
 * duration / slow interval, both as the server granted them.
 */
export const SamplingCost = z.object({
  changeCount: z.number().describe('Times the sampling was changed.'),
  slowMs: z.number(),
  samplesNotTakenAtMost: z.number(),
});
export type SamplingCost = z.infer<typeof SamplingCost>;

/** The sampling became `phase`; what is counted here belongs to the time from then on. */
export const SamplingChange = z.object({
  atMs: z.number(),
  phase: z.enum(['normal', 'slow']),
  waitingRows: z.number().describe('Depth of the queue at the decision.'),
  lastedMs: z.number(),
  isOver: z.boolean(),
  samplesNotTakenAtMost: z.number(),
});
export type SamplingChange = z.infer<typeof SamplingChange>;

export const ServerSampling = z.object({
  serverId: z.string(),
  phase: z
    .enum(['normal', 'slow', 'changing', 'refused', 'away'])
    .describe('`refused`: some tags did not take the interval; `away`: it is taken at the next connect.'),
  slowedCount: z.number().describe('Tags sampled slower than normally.'),
  exemptCount: z.number(),
  refusedCount: z.number(),
  reason: z.string().nullable().describe('Why tags did not take the interval, in the words of the server.'),
});
export type ServerSampling = z.infer<typeof ServerSampling>;

/** Adaptive sampling: the five numbers, the state, its history and its cost. */
export const SamplingSnapshot = z.object({
  phase: z.enum(['normal', 'slow']),
  sinceMs: z.number(),
  wishSinceMs: z.number().nullable().describe('Since when the other sampling is due, before the transition delay.'),
  slowSamplingIntervalMs: z.number(),
  activateAtRows: z.number(),
  deactivateAtRows: z.number(),
  transitionDelayMs: z.number(),
  depths: z.array(z.number()).describe('Waiting rows at the last checks, at most 120, oldest first.'),
  changes: z.array(SamplingChange).describe('The last changes, at most 50, oldest first; kept over restarts.'),
  sinceStart: SamplingCost,
  total: SamplingCost.describe('Since the buffer file was made.'),
  tagCount: z.number(),
  slowedTagCount: z.number(),
  exemptTagCount: z.number(),
  uncountedTagCount: z
    .number()
    .describe('Slowed tags that normally report every change: what they lost cannot be estimated.'),
  servers: z.array(ServerSampling),
});
export type SamplingSnapshot = z.infer<typeof SamplingSnapshot>;
