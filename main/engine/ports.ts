import type { SiteConfig } from '../../shared/config/site.ts';
import type {
  BufferSnapshot,
  CertificateSnapshot,
  ConnectionState,
  EdgeSession,
  EngineSnapshot,
  HistorianSnapshot,
  IngestSnapshot,
  LatencySnapshot,
  ServerSnapshot,
} from '../../shared/domain/engine-snapshot.ts';
import type { EquipmentShift, ShiftKey, ShiftLine, ShiftListQuery } from '../../shared/domain/equipment-shift.ts';
import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import type { LossEntry, PageQuery } from '../../shared/domain/listings.ts';
import type { MetricChange, MetricValue, Sample } from '../../shared/domain/metric.ts';
import type { OeeAction, OeeActionResult, ShiftRevised } from '../../shared/domain/oee-action.ts';
import type { ExplainQuery, Explanation, SampleLine, SamplesQuery } from '../../shared/domain/oee-explanation.ts';
import type { OeeSnapshot } from '../../shared/domain/oee-snapshot.ts';
import type { ReasonUsage } from '../../shared/domain/reason-usage.ts';
import type { ServerSampling } from '../../shared/domain/sampling-snapshot.ts';
import type { ChangeAuthor, SiteChangeResult } from '../../shared/domain/site-change.ts';

/** What the engine needs of each stage; `compose.ts` gives it the real ones. */

/** An OPC UA server whose tags are sampled; it is tried for ever. */
export interface SampleSource {
  start(): void;
  stop(): Promise<void>;
  onSamples(listener: (samples: readonly Sample[]) => void): () => void;
  onStateChanged(listener: (state: ConnectionState) => void): () => void;
  /** Slows or restores every tag that is not exempt, in place; `sampling` tells what became of it. */
  setSlowSampling(isSlow: boolean): Promise<void>;
  sampling(): SourceSampling;
  snapshot(): Omit<ServerSnapshot, 'changesPerS'>;
  /** Until when nothing is missing that can still be read, on our clock; undefined before the first connect. */
  readonly observedUntilMs: number | undefined;
  /** When the server last gave a sign of life in the present or last session, on our clock. */
  readonly heardUntilMs: number | undefined;
}

/** How the tags of a source are sampled now, as its server granted it. */
export interface SourceSampling extends Omit<ServerSampling, 'serverId'> {
  /** Samples per second that the server takes at most less than normally. */
  readonly notTakenPerS: number;
  /** Slowed tags that normally report every change, and are not in `notTakenPerS`. */
  readonly uncountedCount: number;
}

/** A row of the buffer with what identifies it there. */
export interface StoredChange extends MetricChange {
  readonly rowId: number;
  readonly storedAtMs: number;
}

/** What is wrong with the buffer file, when something is. */
export interface StoreAlarms {
  readonly quarantine: {
    readonly atMs: number;
    readonly folder: string;
    readonly reason: string;
    /** Of everything in quarantine. */
    readonly byteCount: number;
  } | null;
  /** The file was taken away from under the running gateway; its rows were carried over into a new one. */
  readonly rescue: { readonly atMs: number; readonly missing: 'database' | 'log'; readonly rowCount: number } | null;
  readonly diskFullSinceMs: number | null;
}

/** The write-ahead store, seen from the engine. */
export interface ChangeStore {
  /** The store is gone without being closed: nothing can be accepted before the program is started anew. */
  readonly ended: { on(listener: (error: Error) => void): () => void };
  stats(): Promise<
    StoreAlarms & {
      readonly rowCount: number;
      readonly byteCount: number;
      readonly limitBytes: number;
      readonly oldestTimestampMs: number | null;
    } & Pick<BufferSnapshot, 'droppedCount' | 'damagedCount' | 'deadLetterCount' | 'confirmedCount' | 'purgedCount'> & {
        readonly queuedCount: number;
      }
  >;
  page(query: PageQuery): Promise<{ readonly rowCount: number; readonly rows: readonly StoredChange[] }>;
  losses(): Promise<readonly LossEntry[]>;
  readSetting(key: string): Promise<string | undefined>;
  writeSetting(key: string, value: string): Promise<void>;
  close(): Promise<void>;
}

/** Whether the file takes changes: `failing` says since when and why. */
export type WriterState =
  | { readonly phase: 'working' }
  | { readonly phase: 'failing'; readonly sinceMs: number; readonly code: string; readonly text: string };

/** Collects changes into transactions. */
export interface ChangeWriter {
  readonly state: WriterState;
  readonly committed: {
    on(listener: (committed: { readonly lastRowId: number; readonly count: number }) => void): () => void;
  };
  add(changes: readonly MetricChange[]): void;
  /** Resolves when everything added before is committed. */
  flush(): Promise<void>;
  /** Takes no more and tries for `limitMs`; returns how many changes could not be committed. */
  close(limitMs: number): Promise<number>;
}

/** Sends what the store holds while the session is born. */
export interface ChangeForwarder {
  sessionBorn(): void;
  sessionEnded(): void;
  hostOnlineChanged(isOnline: boolean): void;
  deviceBorn(deviceId: string): void;
  /** No birth of it will come any more. */
  deviceGone(deviceId: string): void;
  rowsCommitted(lastRowId: number): void;
  flush(limitMs: number): Promise<unknown>;
  stop(): Promise<void>;
  stateOf(rowId: number): 'sent' | 'waiting';
  /** The connection does not carry what is sent: nothing more is sent before the next birth. */
  readonly stalled: {
    on(listener: (stall: { readonly reason: string; readonly text: string }) => void): () => void;
  };
  snapshot(): Pick<BufferSnapshot, 'waitingCount' | 'sentCount'> & {
    /** Waiting rows that cannot be sent before their device is born. */
    readonly heldCount: number;
    readonly replayedCount: number;
    readonly resentCount: number;
  };
}

/** The Sparkplug session of the edge node. */
export interface EdgeNode {
  start(): void;
  stop(): Promise<void>;
  deviceOnlineChanged(deviceId: string, isOnline: boolean, atMs: number): void;
  /** Ends the connection for a fault that it does not see itself; a new one is tried. */
  dropLink(why: Error): void;
  onSessionChanged(listener: (event: { readonly session: EdgeSession }) => void): () => void;
  onBorn(listener: () => void): () => void;
  onDeviceBorn(listener: (deviceId: string) => void): () => void;
  onHostOnlineChanged(listener: (isOnline: boolean) => void): () => void;
  snapshot(): {
    readonly session: EdgeSession;
    readonly connection: ConnectionState;
    readonly brokerIndex: number;
  };
}

/** One metric of a command, as far as the session can judge it. */
export type CommandedMetric =
  | { readonly phase: 'asked'; readonly metricName: string; readonly value: Exclude<MetricValue, null> }
  | {
      readonly phase: 'refused';
      /** Null: the command as a whole. */
      readonly metricName: string | null;
      readonly reason: string;
      readonly text: string;
    };

/** A command of a host to the node (`deviceId` null) or to a device. The session answers rebirths by itself. */
export interface SparkplugCommand {
  readonly topic: string;
  readonly deviceId: string | null;
  readonly isRebirthAsked: boolean;
  readonly metrics: readonly CommandedMetric[];
}

/** Where commands come from. */
export interface CommandSource {
  onCommand(listener: (command: SparkplugCommand) => void): () => void;
}

/** What became of a value that was to be written; `refused` was never sent to the server. */
export type WriteResult =
  | { readonly phase: 'written'; readonly status: string }
  | { readonly phase: 'failed'; readonly status: string; readonly text: string }
  | { readonly phase: 'refused'; readonly reason: string; readonly text: string };

/** Where other programs find the state of the gateway. Neither call ever fails or waits for long. */
export interface StatusBoard {
  show(snapshot: EngineSnapshot): void;
  /** After everything else has ended. */
  close(): Promise<void>;
}

/** Shifts with everything behind them. Every question rejects with an EngineError `oee/…` or `historian/…`. */
export interface OeeDesk {
  shift(key: ShiftKey): Promise<EquipmentShift>;
  shifts(query: ShiftListQuery): Promise<ShiftLine[]>;
  explain(query: ExplainQuery): Promise<Explanation>;
  samples(query: SamplesQuery): Promise<SampleLine[]>;
  act(action: OeeAction): Promise<OeeActionResult>;
  /** How often people gave each reason in so many days up to now. */
  reasonUsage(query: { readonly days: number }): Promise<ReasonUsage[]>;
  /** A shift that had ended has other numbers now. */
  onRevised(listener: (revised: ShiftRevised) => void): () => void;
}

/** Everything behind the broker: host session, historian, OEE. Lives in a worker thread. */
export interface IngestStage {
  start(): Promise<void>;
  stop(): Promise<void>;
  snapshot(): IngestStageSnapshot;
  /** Empty while the stage does not run. */
  modelPage(query: HostModelQuery): Promise<HostModelPage>;
  readonly oee: OeeDesk;
}

export interface IngestStageSnapshot {
  readonly ingest: IngestSnapshot;
  readonly historian: HistorianSnapshot;
  readonly latencyToHistorian: Pick<LatencySnapshot, 'toHistorian' | 'histogram'>;
  readonly oee: OeeSnapshot | null;
}

/** A site file to be applied while the gateway runs; its own file where none is named. */
export interface SiteChangeRequest {
  readonly siteFile?: string | undefined;
  /** Makes the next text of its own file of the present one, in place of reading another; what it throws ends the change. */
  readonly edit?: ((present: { readonly text: string; readonly site: SiteConfig }) => string) | undefined;
  /** Only says what it would mean. */
  readonly isDryRun: boolean;
  readonly by: ChangeAuthor;
}

export interface SiteChangeStage {
  /** Fields in which the last applied site file differs from what runs, until a restart. */
  readonly restartFields: readonly string[];
  /** @throws EngineError `config/…` when the file is not right; then nothing was changed. */
  change(request: SiteChangeRequest): Promise<SiteChangeResult>;
  /** A change that is under way goes no further. */
  stop(): void;
}

/** Looks at the certificates that the gateway uses. Never fails. */
export interface CertificateStage {
  readonly certificates: readonly CertificateSnapshot[];
  /** Returns what ends it. */
  start(): () => void;
}

/** Answers commands while the gateway runs. Never fails: without it the gateway works all the same. */
export interface ControlStage {
  start(): Promise<void>;
  stop(): Promise<void>;
}
