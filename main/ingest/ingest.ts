import type { HistorianSnapshot, IngestSnapshot, LatencySnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { BackoffRule } from '../platform/backoff.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { LatencyWindow } from '../platform/latency-window.ts';
import { Lifetime } from '../platform/lifetime.ts';
import type { Log } from '../platform/log.ts';
import { RateMeter } from '../platform/rate-meter.ts';
import { type Batch, Batcher } from './batcher.ts';
import { Committer, type InsertResult } from './committer.ts';
import { FaultCounts } from './fault-counts.ts';
import type { HostSession, RejectedMetric, TelemetrySink } from './ingest-ports.ts';
import { decideReadiness } from './readiness.ts';
import { type ReceivedMetric, toTelemetryRow } from './to-telemetry-row.ts';

export interface IngestLimits {
  readonly maxBatchAgeMs: number;
  /** A batch is due with so many rows … */
  readonly dueBatchRowCount: number;
  /** … and takes so many when they wait. */
  readonly maxBatchRowCount: number;
  readonly maxWaitingCount: number;
  /** About; see `countRowBytes`. */
  readonly maxWaitingBytes: number;
  /** How far ahead of our clock a source time may be: the clocks of a plant differ. */
  readonly futureToleranceMs: number;
  /**
   * STATE goes offline when a row has waited longer. The hold time of the edge nodes must be longer than this,
   * or they confirm rows that were not committed.
   */
  readonly commitDeadlineMs: number;
  readonly retry: BackoffRule;
}

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  maxBatchAgeMs: 100,
  dueBatchRowCount: 1_000,
  // Half a second of work for a small server: the next batch is not held up for long.
  maxBatchRowCount: 20_000,
  maxWaitingCount: 200_000,
  maxWaitingBytes: 100_000_000,
  futureToleranceMs: 300_000,
  commitDeadlineMs: 5_000,
  retry: { firstMs: 250, maxMs: 5_000 },
};

export interface IngestParts<Node> {
  readonly host: HostSession<Node>;
  readonly sink: TelemetrySink;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<IngestLimits>;
  /** 0 … 1, for the jitter of retries. */
  readonly random?: () => number;
  /** Gets every value that cannot be stored under its time. */
  readonly onRejected?: (rejected: readonly RejectedMetric[]) => void;
}

/** Rows of the host session on their way into the historian. */
export interface Ingest<Node> {
  /** Starts the host session; STATE goes online once the historian answers. */
  start(): Promise<void>;
  /** Takes no more messages, commits what waits, publishes the STATE death, disconnects: 3 s at most. */
  stop(): Promise<void>;
  /** Told after the commit, in order of arrival; rows may repeat what was told before. */
  onCommitted(listener: (rows: readonly TelemetryRow[]) => void): () => void;
  onNodeChanged(listener: (node: Node) => void): () => void;
  snapshot(): IngestStatus;
}

interface IngestStatus {
  readonly ingest: IngestSnapshot;
  readonly historian: Omit<HistorianSnapshot, 'state'>;
  readonly latencyToHistorian: Pick<LatencySnapshot, 'toHistorian' | 'histogram'>;
}

/** Metrics whose latency is measured; a node that makes up names must not fill the memory. */
const MAX_MEASURED = 200_000;
const LOOK_PERIOD_MS = 500;
const REPORT_PERIOD_MS = 10_000;
const FLUSH_LIMIT_MS = 1_900;
const HOST_STOP_LIMIT_MS = 1_000;

/**
 * The host side of the promise of delivery: what an edge node sends while STATE is online is committed, or STATE
 * goes offline before the edge node's hold time is over. So rows may be lost from this memory at any moment
 * (crash, overflow, stop with the database away): the edge nodes still have them.
 */
export function createIngest<Node>(parts: IngestParts<Node>): Ingest<Node> {
  return new IngestRun(parts);
}

class IngestRun<Node> implements Ingest<Node> {
  readonly #parts: IngestParts<Node>;
  readonly #limits: IngestLimits;
  readonly #batcher: Batcher;
  readonly #committer: Committer;
  readonly #lifetime = new Lifetime();
  readonly #committed = new EventSource<readonly TelemetryRow[]>();
  readonly #latency: LatencyWindow;
  readonly #measured = new Set<string>();
  readonly #received: RateMeter;
  readonly #rowRate: RateMeter;
  readonly #counts = { inserted: 0, duplicate: 0, refused: 0, quarantined: 0 };
  readonly #faults = new FaultCounts();
  #stopTaking = (): void => {};
  #isReady = false;
  #sinkAnswers = false;
  #hasOverflown = false;
  #isAsking = false;
  #isStopping = false;

  constructor(parts: IngestParts<Node>) {
    const { clock, sink, log, random = Math.random } = parts;
    this.#parts = parts;
    const limits = { ...DEFAULT_INGEST_LIMITS, ...parts.limits };
    this.#limits = limits;
    this.#batcher = new Batcher({
      maxAgeMs: limits.maxBatchAgeMs,
      dueRowCount: limits.dueBatchRowCount,
      maxRowCount: limits.maxBatchRowCount,
      maxWaitingCount: limits.maxWaitingCount,
      maxWaitingBytes: limits.maxWaitingBytes,
    });
    this.#committer = new Committer({
      batcher: this.#batcher,
      sink,
      clock,
      log,
      random,
      retry: limits.retry,
      onCommitted: (batch, result) => this.#noteCommitted(batch, result),
      onFailed: () => this.#look(false),
    });
    this.#latency = new LatencyWindow(clock);
    this.#received = new RateMeter(clock);
    this.#rowRate = new RateMeter(clock);
  }

  async start(): Promise<void> {
    const { host, clock } = this.#parts;
    this.#stopTaking = host.onMetrics((metrics) => this.#receive(metrics));
    this.#lifetime.own('metrics', () => this.#stopTaking());
    this.#lifetime.own(
      'look',
      clock.every(LOOK_PERIOD_MS, () => this.#lookAgain()),
    );
    this.#lifetime.own(
      'report',
      clock.every(REPORT_PERIOD_MS, () => this.#report()),
    );
    this.#lifetime.own('committer', () => this.#committer.stop());
    await host.start();
    await this.#askSink();
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const { host, clock, log } = this.#parts;
    this.#stopTaking();
    const late = (what: string) => (): Error => new Error(`${what} took too long`);
    await within(clock, FLUSH_LIMIT_MS, this.#committer.flush(), late('the last commit')).catch((error: unknown) => {
      log.warn('stopped with rows not committed; their edge nodes keep them', {
        waitingCount: this.#batcher.waitingCount,
        error: describeError(error),
      });
    });
    await within(clock, HOST_STOP_LIMIT_MS, host.stop(), late('STATE death')).catch((error: unknown) => {
      log.warn('the host session did not end in order', { error: describeError(error) });
    });
    this.#report();
    await this.#lifetime.end();
  }

  onCommitted(listener: (rows: readonly TelemetryRow[]) => void): () => void {
    return this.#committed.on(listener);
  }

  onNodeChanged(listener: (node: Node) => void): () => void {
    return this.#parts.host.onNodeChanged(listener);
  }

  snapshot(): IngestStatus {
    const host = this.#parts.host.snapshot();
    const faultCount = host.faultCount + this.#faults.totalCount;
    return {
      ingest: { ...host, faultCount, receivedPerS: this.#received.perS() },
      historian: {
        rowsPerS: this.#rowRate.perS(),
        insertedCount: this.#counts.inserted,
        duplicateCount: this.#counts.duplicate,
        rejectedCount: this.#counts.refused,
        quarantinedCount: this.#counts.quarantined,
        waitingCount: this.#batcher.waitingCount,
        waitingBytes: this.#batcher.waitingBytes,
        oldestWaitMs: this.#oldestWaitMs() ?? null,
      },
      latencyToHistorian: { toHistorian: this.#latency.percentiles(), histogram: this.#latency.histogram() },
    };
  }

  #receive(metrics: readonly ReceivedMetric[]): void {
    const { clock, onRejected } = this.#parts;
    const receivedAtMs = clock.nowMs();
    const rows: TelemetryRow[] = [];
    const rejected: RejectedMetric[] = [];
    for (const metric of metrics) {
      const outcome = toTelemetryRow(metric, receivedAtMs, this.#limits.futureToleranceMs);
      if (outcome.kind === 'row') rows.push(outcome.row);
      if (outcome.kind !== 'rejected') continue;
      rejected.push({ metric, row: outcome.row, reason: outcome.reason, receivedAtMs });
      this.#counts.quarantined += 1;
      this.#faults.add(outcome.reason);
    }
    this.#received.count(metrics.length);
    if (rejected.length > 0) onRejected?.(rejected);
    const isBirth = metrics.some((metric) => metric.isBirth);
    const droppedCount = this.#batcher.add(rows, isBirth, clock.monotonicMs());
    if (droppedCount > 0) {
      this.#faults.add('memory-full', droppedCount);
      this.#hasOverflown = true;
      this.#look(this.#sinkAnswers);
    }
    this.#committer.wake();
  }

  #noteCommitted(batch: Batch, result: InsertResult): void {
    this.#counts.inserted += result.insertedCount;
    this.#counts.duplicate += result.duplicateCount;
    this.#counts.refused += result.rejectedCount;
    this.#rowRate.count(batch.rows.length);
    const nowMs = this.#parts.clock.nowMs();
    for (const { rows, isBirth } of batch.arrivals) {
      // A birth repeats values that may have been measured long ago.
      if (isBirth) continue;
      for (const row of rows) if (!row.isHistorical && !this.#isFirst(row)) this.#latency.record(nowMs - row.timeMs);
    }
    this.#hasOverflown = false;
    this.#look(true);
    try {
      this.#committed.emit(batch.rows);
    } catch (error) {
      this.#parts.log.error('committed rows could not be used', { error: describeError(error) });
    }
  }

  #lookAgain(): void {
    this.#look(this.#sinkAnswers);
    if (!this.#isReady && this.#batcher.waitingCount === 0) void this.#askSink();
  }

  /** Nothing waits that could show whether the historian is back, so it is asked. */
  async #askSink(): Promise<void> {
    if (this.#isAsking || this.#isStopping) return;
    this.#isAsking = true;
    const isReachable = await this.#parts.sink.isReachable().catch(() => false);
    this.#isAsking = false;
    if (isReachable) this.#hasOverflown = false;
    this.#look(isReachable);
  }

  #oldestWaitMs(): number | undefined {
    const { oldestAtMs } = this.#batcher;
    return oldestAtMs === undefined ? undefined : this.#parts.clock.monotonicMs() - oldestAtMs;
  }

  #look(sinkAnswers: boolean): void {
    this.#sinkAnswers = sinkAnswers;
    if (this.#isStopping) return;
    const { host, log } = this.#parts;
    const facts = { oldestWaitMs: this.#oldestWaitMs(), hasOverflown: this.#hasOverflown, sinkAnswers };
    const isReady = decideReadiness(this.#isReady, facts, this.#limits.commitDeadlineMs);
    if (isReady === this.#isReady) return;
    this.#isReady = isReady;
    const waitingCount = this.#batcher.waitingCount;
    if (isReady) log.info('rows can be committed: STATE goes online', { waitingCount });
    else log.warn('rows cannot be committed: STATE goes offline, the edge nodes keep their data', { waitingCount });
    host.setReady(isReady);
  }

  /** The first value of a metric may be as old as its last change (a new subscription): its age is no latency. */
  #isFirst({ machineId, metricName }: TelemetryRow): boolean {
    const key = `${machineId}/${metricName}`;
    if (this.#measured.has(key)) return false;
    if (this.#measured.size >= MAX_MEASURED) return true;
    this.#measured.add(key);
    return true;
  }

  #report(): void {
    const reasons = this.#faults.takeNew();
    if (reasons) this.#parts.log.warn('values received were not stored', { reasons });
  }
}
