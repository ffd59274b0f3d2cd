import { Client } from 'pg';
import type { HistorianAddress } from '../historian/connection-options.ts';
import { type Historian, openHistorian } from '../historian/open-historian.ts';
import { createIngest, type IngestLimits } from '../ingest/ingest.ts';
import type { HostSession } from '../ingest/ingest-ports.ts';
import type { ReceivedMetric } from '../ingest/to-telemetry-row.ts';
import { systemClock } from '../platform/clock.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';

/** Our ingest and our historian in front of a real database; only the Sparkplug side is the test's. */
export interface DatabaseLine {
  readonly historian: Historian;
  /** What STATE has said, in order. */
  readonly states: readonly ('online' | 'offline')[];
  /** Texts of the log at warn and above. */
  readonly warnings: readonly string[];
  /** Hands over so many rows at once, each with a value of its own. */
  handIn(rowCount: number): void;
  /** Source time of the row with this value; values count from 1. */
  timeOf(value: number): number;
  /** Hands rows over, a few each 10 ms, until the returned function is called. */
  flow(): () => void;
  /** Resolves when a row that is yet to be handed in, and so all until now, is committed as far as ingest knows. */
  untilCommitted(): Promise<void>;
  /** Resolves when STATE says so, or has said so last. */
  untilState(state: 'online' | 'offline'): Promise<void>;
  close(): Promise<void>;
}

/** Fast enough for a test, in the proportions of the defaults. */
const LIMITS: Partial<IngestLimits> = { commitDeadlineMs: 1_000, retry: { firstMs: 50, maxMs: 500 } };
const FLOW_PERIOD_MS = 10;
const FLOW_ROWS = 25;

/** Starts ingest; STATE is online when this resolves, unless the database is away. */
export async function startDatabaseLine(address: HistorianAddress): Promise<DatabaseLine> {
  const states: ('online' | 'offline')[] = [];
  const warnings: string[] = [];
  const warn = (text: string, facts: Readonly<Record<string, unknown>> = {}): void =>
    void warnings.push([text, facts['error']].filter(Boolean).join(': '));
  const log: Log = { info: () => {}, warn, error: warn, scope: () => log };
  const changed = new EventSource<undefined>();
  const listeners = new Set<(metrics: readonly ReceivedMetric[]) => void>();
  const host: HostSession<never> = {
    start: () => {},
    stop: () => Promise.resolve(),
    setReady(isReady) {
      states.push(isReady ? 'online' : 'offline');
      changed.emit(undefined);
    },
    onMetrics(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onNodeChanged: () => () => {},
    snapshot: () => ({
      broker: { phase: 'connected', sinceMs: 0 },
      brokers: [],
      isOnline: true,
      nodes: [],
      rebirthRequestCount: 0,
      faultCount: 0,
    }),
  };
  const historian = openHistorian({ ...address, maxConnections: 2, clock: systemClock, log });
  const ingest = createIngest({ host, sink: historian, clock: systemClock, log, limits: LIMITS });
  const startMs = systemClock.nowMs() - 3_600_000;
  const timeOf = (value: number): number => startMs + value;
  let handedInCount = 0;
  let committedCount = 0;
  const handIn = (rowCount: number): void => {
    const metrics = Array.from({ length: rowCount }, () => {
      handedInCount += 1;
      return toMetric(handedInCount, timeOf(handedInCount));
    });
    for (const listener of listeners) listener(metrics);
  };
  let stopFlow = (): void => {};
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const stop = changed.on(() => look());
      const look = (): void => {
        if (!isSo()) return;
        stop();
        resolve();
      };
      look();
    });
  ingest.onCommitted((rows) => {
    committedCount += rows.length;
    changed.emit(undefined);
  });
  await ingest.start();
  return {
    historian,
    states,
    warnings,
    handIn,
    timeOf,
    flow: () => (stopFlow = systemClock.every(FLOW_PERIOD_MS, () => handIn(FLOW_ROWS))),
    untilCommitted() {
      const wanted = handedInCount + 1;
      return until(() => committedCount >= wanted);
    },
    untilState: (state) => until(() => states.at(-1) === state),
    async close() {
      stopFlow();
      await ingest.stop();
      await historian.close();
    },
  };
}

const toMetric = (value: number, timestampMs: number): ReceivedMetric => ({
  groupId: 'plant',
  edgeNodeId: 'edge',
  deviceId: 'filler',
  metricName: 'Ramp',
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs,
  isHistorical: false,
  isBirth: false,
});

/**
 * What the table has of the ramp beside what it should have: every value from 1 to the highest, once. Asked on a
 * connection of its own.
 */
export async function readRamp(url: string): Promise<{ rows: number; different: number; highest: number }> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ rows: number; different: number; highest: number }>(
      `SELECT count(*)::int AS rows, count(DISTINCT value)::int AS different, coalesce(max(value), 0)::int AS highest
       FROM telemetry`,
    );
    return rows[0] ?? { rows: 0, different: 0, highest: 0 };
  } finally {
    await client.end();
  }
}
