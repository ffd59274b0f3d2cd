import { z } from 'zod';
import { FilePath, TlsFiles } from './connections.ts';

/** The aggregate of hours is refreshed over 7 days: rows must be there for longer, or a refresh would empty it. */
const LEAST_RETENTION_DAYS = 9;

const days = (least: number, usual: number) => z.number().int().min(least).max(36_500).default(usual);

/** How the historian keeps what it stores. Followed at every start, also by a database that has other rules. */
export const HistorianStorage = z.strictObject({
  spacePartitions: z
    .number()
    .int()
    .min(0)
    .max(128)
    .default(16)
    .describe('Chunks of a day, by machine. 0 makes one, which is faster and smaller for tens of machines.'),
  compressAfterDays: days(1, 7).describe('Later than rows usually come: late rows into compressed chunks cost more.'),
  retentionDays: days(LEAST_RETENTION_DAYS, 90).describe('Of the samples themselves; aggregates stay longer.'),
  oneMinuteRetentionDays: days(LEAST_RETENTION_DAYS, 180),
  fiveMinuteRetentionDays: days(LEAST_RETENTION_DAYS, 365).describe('Hours are kept for ever.'),
  eventCompressAfterDays: days(7, 30),
  eventRetentionDays: days(30, 730),
  rejectedRetentionDays: days(1, 90).describe('Of values that were set aside, in telemetry_rejected.'),
  rejectedMaxRows: z.number().int().min(1_000).max(100_000_000).default(1_000_000).describe('The newest are kept.'),
});
export type HistorianStorage = z.infer<typeof HistorianStorage>;

/** Values received and not yet committed, in memory. When it is full the host goes offline: edge nodes keep theirs. */
const HistorianSpool = z.strictObject({
  maxRows: z.number().int().min(1_000).max(10_000_000).default(200_000),
  maxMegabytes: z.number().min(1).max(4_000).default(100).describe('About, 10^6 bytes. Texts and arrays count.'),
});

/** What to do with values whose source time lies ahead of the clock of this computer. */
const HistorianFuture = z.strictObject({
  toleranceS: z
    .number()
    .min(1)
    .max(3_600)
    .default(300)
    .describe(
      'Values that are further ahead are set aside in telemetry_rejected. Less than 300 sets aside whole machines whose clock nobody keeps; more than an hour would reach hours that are counted as over.',
    ),
});

export const HistorianConfig = z
  .strictObject({
    url: z
      .string()
      .regex(
        /^postgres(ql)?:\/\/[^:@/]+@[^/]+\/\S+$/,
        'is not postgres://user@host:port/database (password in passwordFile)',
      ),
    passwordFile: FilePath.optional(),
    tls: TlsFiles.optional(),
    spool: HistorianSpool.prefault({}),
    future: HistorianFuture.prefault({}),
    ...HistorianStorage.shape,
  })
  .refine((historian) => historian.compressAfterDays < historian.retentionDays, {
    message: 'is not before retentionDays: chunks would be dropped before they are compressed',
    path: ['compressAfterDays'],
  })
  .refine((historian) => historian.eventCompressAfterDays < historian.eventRetentionDays, {
    message: 'is not before eventRetentionDays: chunks would be dropped before they are compressed',
    path: ['eventCompressAfterDays'],
  });
export type HistorianConfig = z.infer<typeof HistorianConfig>;
