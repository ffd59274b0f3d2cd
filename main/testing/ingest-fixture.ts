import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { HostSession, TelemetrySink } from '../ingest/ingest-ports.ts';
import type { ReceivedMetric } from '../ingest/to-telemetry-row.ts';

/** A historian at the port: unique by (machine, metric, time), and away when told. */
export class FakeSink implements TelemetrySink {
  readonly stored = new Map<string, TelemetryRow>();
  isAway = false;
  isHanging = false;
  insertCount = 0;

  insert(rows: readonly TelemetryRow[]): ReturnType<TelemetrySink['insert']> {
    this.insertCount += 1;
    if (this.isHanging) return new Promise(() => {});
    if (this.isAway) return Promise.reject(new Error('the database is away'));
    const before = this.stored.size;
    for (const row of rows) this.stored.set(`${row.machineId} ${row.metricName} ${row.timeMs}`, row);
    const insertedCount = this.stored.size - before;
    return Promise.resolve({ insertedCount, duplicateCount: rows.length - insertedCount, rejectedCount: 0 });
  }

  isReachable(): Promise<boolean> {
    return Promise.resolve(!this.isAway && !this.isHanging);
  }
}

/** A host session at the port; writes down what it is told, in order. */
export class FakeHost implements HostSession<string> {
  readonly told: string[] = [];
  readonly #listeners = new Set<(metrics: readonly ReceivedMetric[]) => void>();

  start(): void {
    this.told.push('start');
  }
  stop(): Promise<void> {
    this.told.push('stop');
    return Promise.resolve();
  }
  setReady(isReady: boolean): void {
    this.told.push(isReady ? 'ready' : 'not ready');
  }
  onMetrics(listener: (metrics: readonly ReceivedMetric[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  onNodeChanged(): () => void {
    return () => {};
  }
  snapshot(): ReturnType<HostSession<string>['snapshot']> {
    const broker = { phase: 'stopped' } as const;
    return { broker, brokers: [], isOnline: true, nodes: [], rebirthRequestCount: 0, faultCount: 2 };
  }
  receive(metrics: readonly ReceivedMetric[]): void {
    for (const listener of this.#listeners) listener(metrics);
  }
}
