import type { Priority } from '../../shared/domain/metric.ts';
import type { RowRanges } from './row-ranges.ts';
import type { Suspicion } from './suspicion.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface ForwardingNumbers {
  /** The most; less after the host went offline. */
  readonly historyRowsPerS: number;
  /** Rows of one send. */
  readonly batchRows: number;
  /** Rows that may be under way to the broker without a passed barrier. */
  readonly maxUnbarrieredRows: number;
  /** Undefined when there is no primary host. */
  readonly holdTimeMs: number | undefined;
}

/** The wanted rows lie between the first and the last of them; others in between are not to be sent now. */
export interface SendRequest {
  readonly epoch: number;
  /** Undefined: live rows, of every class. Else history, the rows of this class only. */
  readonly historyOf: Priority | undefined;
  readonly wanted: RowRanges;
  readonly maxRows: number;
}

/**
 * History by class. Which class a row has only the buffer knows, so each begins with all rows; a class reads its
 * own rows only and gives up what it has read.
 */
export type History = Readonly<Record<Priority, RowRanges>>;

/** A row that cannot be sent, and why. */
export interface PoisonedRow {
  readonly rowId: number;
  readonly reason: string;
}

export interface SentBatch {
  readonly batchId: number;
  readonly rows: RowRanges;
  readonly rowCount: number;
  /** When its barrier passed: until then the host may have seen none of it. */
  readonly readAtMs: number | undefined;
}

export type HostState = { readonly phase: 'not-needed' } | { readonly phase: 'offline' } | { readonly phase: 'online' };

export type DeviceId = string | null;

export interface Epoch {
  readonly phase: 'born';
  /** Rows above are live and not yet sent. */
  readonly liveAfterRowId: number;
  /** The last send was of live rows. */
  readonly wasLiveLast: boolean;
  readonly history: History;
  /** Rows that wait for the birth of their device. */
  readonly held: ReadonlyMap<DeviceId, RowRanges>;
  readonly tokens: TokenBucket;
  readonly batches: readonly SentBatch[];
  /** A barrier has passed in this epoch: the connection holds. */
  readonly isProven: boolean;
  /** The newest batch that the asked barrier speaks for; undefined when none is asked. */
  readonly barrierThroughBatchId: number | undefined;
}

/** `paused`: the session is born, but the primary host is away; its return starts a new epoch. */
type SessionState = { readonly phase: 'none' } | { readonly phase: 'paused' } | Epoch;

export interface ForwardingPlan {
  readonly numbers: ForwardingNumbers;
  /** The newest row that is committed in the buffer. */
  readonly lastRowId: number;
  readonly host: HostState;
  /** Goes up with every start and every end of an epoch, so that late answers are known as late. */
  readonly epoch: number;
  readonly session: SessionState;
  /** The send that runs, also when its epoch has ended: sends never overlap. */
  readonly sending:
    | { readonly request: SendRequest; readonly bornDevices: ReadonlySet<DeviceId>; readonly handedRows: RowRanges }
    | undefined;
  readonly nextBatchId: number;
  /** Arrived, not yet deleted from the buffer. */
  readonly toConfirm: RowRanges;
  /** To be moved out of the way of the others, into the dead letters. */
  readonly toSetAside: readonly PoisonedRow[];
  /** Rows that the last closed connections may have closed over; undefined when none did. */
  readonly suspicion: Suspicion | undefined;
  /** The present pace of history. */
  readonly historyRowsPerS: number;
  /** Rows sent in an epoch that has ended, and not arrived. */
  readonly sentBefore: RowRanges;
  /** Rows sent as historical, and rows sent that had been sent before. */
  readonly replayedCount: number;
  readonly resentCount: number;
}

export interface SentRow {
  readonly rowId: number;
  readonly deviceId: DeviceId;
}

export type PlanInput =
  | { readonly type: 'rows-committed'; readonly lastRowId: number }
  | { readonly type: 'session-born'; readonly nowMs: number }
  | { readonly type: 'session-ended' }
  | { readonly type: 'host-changed'; readonly isOnline: boolean; readonly nowMs: number }
  | { readonly type: 'device-born'; readonly deviceId: DeviceId }
  | { readonly type: 'send-started'; readonly request: SendRequest }
  /** These rows go to the connection now. */
  | { readonly type: 'rows-handed'; readonly rows: RowRanges }
  | {
      readonly type: 'send-done';
      readonly request: SendRequest;
      /** Everything wanted up to here was looked at. */
      readonly coveredUpToRowId: number;
      readonly sent: readonly SentRow[];
      readonly refused: readonly SentRow[];
      readonly poisoned: readonly PoisonedRow[];
      readonly nowMs: number;
    }
  | { readonly type: 'send-given-up' }
  /** `isClosed`: the connection was closed, not by us for its silence. */
  | { readonly type: 'epoch-failed'; readonly epoch: number; readonly isClosed: boolean }
  | { readonly type: 'barrier-asked'; readonly throughBatchId: number }
  | {
      readonly type: 'barrier-passed';
      readonly epoch: number;
      readonly throughBatchId: number;
      readonly nowMs: number;
    }
  | { readonly type: 'time-passed'; readonly nowMs: number }
  | { readonly type: 'confirmed'; readonly rows: RowRanges }
  | { readonly type: 'set-aside'; readonly rowIds: readonly number[] };
