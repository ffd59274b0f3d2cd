import { z } from 'zod';
import { CommandsSnapshot } from './command-snapshot.ts';
import { OeeSnapshot } from './oee-snapshot.ts';
import { SamplingSnapshot } from './sampling-snapshot.ts';

const failure = { code: z.string(), text: z.string() };

/** How a lost subscription is led back, the cheapest first; the last stage is `away`: connecting with back-off. */
export const RecoveryStage = z.enum(['republish', 'read', 'new-subscription', 'new-session']);
export type RecoveryStage = z.infer<typeof RecoveryStage>;

/** A connection that is tried for ever: `away` says why, since when, and when the next try is. */
export const ConnectionState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('stopped') }),
  z.object({ phase: z.literal('connecting'), attempt: z.number() }),
  z.object({ phase: z.literal('connected'), sinceMs: z.number() }),
  z.object({ phase: z.literal('stale'), sinceMs: z.number(), ...failure }),
  z.object({ phase: z.literal('recovering'), sinceMs: z.number(), stage: RecoveryStage, ...failure }),
  z.object({ phase: z.literal('away'), sinceMs: z.number(), retryAtMs: z.number(), ...failure }),
]);
export type ConnectionState = z.infer<typeof ConnectionState>;

export const RecoverySnapshot = z.object({
  republishedCount: z.number().describe('Messages that came when they were asked for again.'),
  gapCount: z
    .number()
    .describe('Times that values did not come and could not be given again: only a history may have them.'),
  newSubscriptionCount: z.number(),
  newSessionCount: z.number(),
});
export type RecoverySnapshot = z.infer<typeof RecoverySnapshot>;

export const ServerSnapshot = z.object({
  serverId: z.string(),
  endpointUrl: z.string(),
  state: ConnectionState,
  tagCount: z.number(),
  goodCount: z.number(),
  badTags: z.array(z.object({ tagId: z.string(), reason: z.string() })).describe('At most 20.'),
  badCount: z.number(),
  changesPerS: z.number(),
  overflowCount: z.number(),
  oddTimeCount: z.number().describe('Tags whose source time cannot be right: before 2000, or an hour ahead of us.'),
  recovery: RecoverySnapshot.describe('Since the program started.'),
});
export type ServerSnapshot = z.infer<typeof ServerSnapshot>;

export const BufferSnapshot = z.object({
  /** Rows on disk, whether sent or not. */
  rowCount: z.number(),
  /** Rows not yet sent in this session. */
  waitingCount: z.number(),
  /** Rows sent, not yet confirmed by barrier and hold time. */
  sentCount: z.number(),
  byteCount: z.number(),
  limitBytes: z.number(),
  oldestTimestampMs: z.number().nullable(),
  /** Time the free space lasts at the present rate, or null when nothing comes in. */
  coversMs: z.number().nullable(),
  appendedPerS: z.number(),
  messagesQueued: z.number().describe('Rows stored while there was no session, since the file was made.'),
  messagesReplayed: z.number().describe('Rows sent as historical, since the file was made.'),
  droppedCount: z
    .number()
    .describe('Rows dropped because the file was full or a person purged them, since it was made.'),
  resentCount: z.number().describe('Rows sent a second time, because they had not arrived for certain.'),
  confirmedCount: z.number().describe('Rows that have arrived, since the file was made.'),
  deadLetterCount: z.number().describe('Rows that cannot be sent, set aside with their reason.'),
  purgedCount: z.number().describe('Rows that a person has purged, since the file was made.'),
  damagedCount: z.number().describe('Rows found damaged in the file, since it was made.'),
});
export type BufferSnapshot = z.infer<typeof BufferSnapshot>;

export const EdgeSession = z.enum(['offline', 'connecting', 'waiting-for-host', 'born']);
export type EdgeSession = z.infer<typeof EdgeSession>;

/** The host on one broker. */
export const IngestBroker = z.object({
  url: z.string(),
  state: ConnectionState,
  isOnline: z.boolean(),
  alarm: z
    .object({ ...failure, sinceMs: z.number() })
    .nullable()
    .describe('Another program uses the STATE of this host there.'),
});
export type IngestBroker = z.infer<typeof IngestBroker>;

export const IngestSnapshot = z.object({
  broker: ConnectionState.describe('Of all brokers in one: connected where one of them is.'),
  brokers: z.array(IngestBroker).describe('In the order of the site file.'),
  isOnline: z.boolean().describe('STATE online is published on a broker: rows can be committed.'),
  receivedPerS: z.number(),
  nodes: z.array(
    z.object({
      id: z.string(),
      isOnline: z.boolean(),
      deviceCount: z.number(),
      bdSeq: z.number().nullable(),
      alarm: z.enum(['duplicate-node']).nullable().describe('Two programs speak as this node.'),
    }),
  ),
  rebirthRequestCount: z.number(),
  faultCount: z.number().describe('Messages that could not be used, each logged with its reason.'),
});
export type IngestSnapshot = z.infer<typeof IngestSnapshot>;

export const HistorianSnapshot = z.object({
  state: ConnectionState,
  rowsPerS: z.number(),
  insertedCount: z.number(),
  duplicateCount: z.number(),
  waitingCount: z.number().describe('Rows received, not yet committed.'),
  waitingBytes: z.number().describe('What they take in memory, about.'),
  oldestWaitMs: z.number().nullable().describe('How long the first of them waits; null when none does.'),
  rejectedCount: z.number().describe('Rows the database refused; kept in telemetry_rejected.'),
  quarantinedCount: z.number().describe('Values whose time cannot be right; kept in telemetry_rejected.'),
});
export type HistorianSnapshot = z.infer<typeof HistorianSnapshot>;

export const Percentiles = z.object({ p50Ms: z.number(), p95Ms: z.number(), p99Ms: z.number(), count: z.number() });
export type Percentiles = z.infer<typeof Percentiles>;

/** Counts per latency class of the last 15 minutes, for the picture. */
export const LatencySnapshot = z.object({
  toBroker: Percentiles.nullable(),
  toHistorian: Percentiles.nullable(),
  histogram: z.array(z.object({ upToMs: z.number(), count: z.number() })),
});
export type LatencySnapshot = z.infer<typeof LatencySnapshot>;

export const Attention = z.object({
  code: z.string(),
  severity: z.enum(['look', 'broken']),
  stage: z.enum(['servers', 'mapping', 'buffer', 'broker', 'ingest', 'historian']),
  text: z.string(),
  nextStep: z.string(),
  sinceMs: z.number(),
});
export type Attention = z.infer<typeof Attention>;

/** A certificate that the gateway uses or trusts. */
export const CertificateSnapshot = z.object({
  kind: z.enum(['certificate', 'revocations']).optional().describe('A certificate, unless it says otherwise.'),
  stage: z.enum(['servers', 'broker', 'historian']).describe('What stands still without it.'),
  role: z.string().describe('What it is to whom, e.g. our certificate for a broker.'),
  subject: z.string(),
  file: z.string(),
  validFromMs: z.number(),
  validToMs: z.number(),
});
export type CertificateSnapshot = z.infer<typeof CertificateSnapshot>;

/** Everything the overview shows, taken a few times a second; last one wins. */
export const EngineSnapshot = z.object({
  takenAtMs: z.number(),
  isDemo: z.boolean(),
  isIngestHere: z.boolean().describe('False where the site names no historian: the primary host runs elsewhere.'),
  site: z.object({
    enterprise: z.string(),
    site: z.string(),
    area: z.string(),
    line: z.string(),
    timeZone: z.string(),
  }),
  servers: z.array(ServerSnapshot),
  mapping: z.object({
    metricCount: z.number(),
    changesPerS: z.number(),
    dropped: z.record(z.string(), z.number()).describe('Samples not passed on, by reason.'),
  }),
  sampling: SamplingSnapshot,
  commands: CommandsSnapshot,
  buffer: BufferSnapshot,
  broker: z.object({ url: z.string(), state: ConnectionState, session: EdgeSession, sentPerS: z.number() }),
  ingest: IngestSnapshot,
  historian: HistorianSnapshot,
  latency: LatencySnapshot,
  certificates: z.array(CertificateSnapshot).default([]).describe('As they were read within the last hour.'),
  attention: z.array(Attention),
  oee: OeeSnapshot.nullable(),
});
export type EngineSnapshot = z.infer<typeof EngineSnapshot>;
