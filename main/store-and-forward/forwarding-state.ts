import type { RowRanges } from './row-ranges.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface ForwardingNumbers {
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
  readonly isHistorical: boolean;
  readonly wanted: RowRanges;
  readonly maxRows: number;
}

export interface SentBatch {
  readonly batchId: number;
  readonly rows: RowRanges;
  readonly rowCount: number;
  readonly sentAtMs: number;
  readonly isBarrierPassed: boolean;
}

export type HostState = { readonly phase: 'not-needed' } | { readonly phase: 'offline' } | { readonly phase: 'online' };

export type DeviceId = string | null;

export interface Epoch {
  readonly phase: 'born';
  /** Rows above are live and not yet sent. */
  readonly liveAfterRowId: number;
  readonly history: RowRanges;
  /** Rows that wait for the birth of their device. */
  readonly held: ReadonlyMap<DeviceId, RowRanges>;
  readonly tokens: TokenBucket;
  readonly batches: readonly SentBatch[];
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
  readonly sending: { readonly request: SendRequest; readonly bornDevices: ReadonlySet<DeviceId> } | undefined;
  readonly nextBatchId: number;
  /** Arrived, not yet deleted from the buffer. */
  readonly toConfirm: RowRanges;
  /** Rows stored while nothing could be sent, and rows sent as historical. */
  readonly queuedCount: number;
  readonly replayedCount: number;
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
  | {
      readonly type: 'send-done';
      readonly request: SendRequest;
      /** Everything wanted up to here was looked at. */
      readonly coveredUpToRowId: number;
      readonly sent: readonly SentRow[];
      readonly refused: readonly SentRow[];
      readonly nowMs: number;
    }
  | { readonly type: 'send-given-up' }
  | { readonly type: 'epoch-failed'; readonly epoch: number }
  | { readonly type: 'barrier-asked'; readonly throughBatchId: number }
  | { readonly type: 'barrier-passed'; readonly epoch: number; readonly throughBatchId: number }
  | { readonly type: 'time-passed'; readonly nowMs: number }
  | { readonly type: 'confirmed'; readonly rows: RowRanges };
