/**
 * What a command may ask of a running gateway: one line of JSON each way, over a socket that only the user of
 * the gateway can reach. Both ends may be of different versions, so both parse.
 */
import { z } from 'zod';
import { LossEntry } from '../../shared/domain/listings.ts';
import { PurgeFilter, RetryResult } from '../../shared/domain/purge.ts';
import { ChangeAuthor, SiteChangeResult } from '../../shared/domain/site-change.ts';

/** A request is a filter of a few names; more is not ours. */
export const MAX_REQUEST_BYTES = 8_192;
/** An answer names each purged tag once. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export const ControlRequest = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('status') }),
  z.strictObject({ command: z.literal('count-purge'), filter: PurgeFilter }),
  z.strictObject({ command: z.literal('purge'), filter: PurgeFilter }),
  z.strictObject({ command: z.literal('retry-dead-letters') }),
  z.strictObject({
    command: z.literal('apply-site'),
    /** In full; the gateway's own where absent. */
    siteFile: z.string().min(1).max(4_096).optional(),
    isDryRun: z.boolean(),
    by: ChangeAuthor,
  }),
  z.strictObject({ command: z.literal('forget-host') }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;

/** By command, what its result is. */
export const RESULTS = {
  status: z.object({ pid: z.number() }),
  'count-purge': z.array(LossEntry),
  purge: z.array(LossEntry),
  'retry-dead-letters': RetryResult,
  'apply-site': SiteChangeResult,
  'forget-host': z.object({ session: z.string() }),
} as const;

export type ControlResult<C extends ControlRequest['command']> = z.infer<(typeof RESULTS)[C]>;

export const ControlAnswer = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('done'), result: z.unknown() }),
  z.object({ phase: z.literal('failed'), code: z.string().regex(/^[^/]+\/.+$/), text: z.string() }),
]);
export type ControlAnswer = z.infer<typeof ControlAnswer>;
