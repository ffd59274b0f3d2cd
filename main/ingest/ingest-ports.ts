import type { IngestSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { ReceivedMetric, TimestampFault } from './to-telemetry-row.ts';

/** The historian, as far as ingest needs it. */
export interface TelemetrySink {
  /** Commits all rows or rejects; repeating the same rows is harmless (unique by machine, metric and time). */
  insert(rows: readonly TelemetryRow[]): Promise<{
    readonly insertedCount: number;
    readonly duplicateCount: number;
    /** Rows that it refuses for good; it keeps them where a person can look at them. */
    readonly rejectedCount: number;
  }>;
  isReachable(): Promise<boolean>;
}

/** The Sparkplug host session. `Node` is what it tells about an edge node that has changed. */
export interface HostSession<Node> {
  start(): void | Promise<void>;
  /** Publishes the STATE death, then disconnects. */
  stop(): Promise<void>;
  /** STATE online says "what you send is committed"; offline makes every edge node keep its data. */
  setReady(isReady: boolean): void;
  onMetrics(listener: (metrics: readonly ReceivedMetric[]) => void): () => void;
  onNodeChanged(listener: (node: Node) => void): () => void;
  snapshot(): Omit<IngestSnapshot, 'receivedPerS'>;
}

/** A value that could not be stored under its time; whoever gets it keeps it. */
export interface RejectedMetric {
  readonly metric: ReceivedMetric;
  /** What it becomes if its time turns out to be right; null when it has none. */
  readonly row: TelemetryRow | null;
  readonly reason: TimestampFault;
  readonly receivedAtMs: number;
}
