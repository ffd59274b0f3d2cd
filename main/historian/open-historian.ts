import { Pool, type PoolClient } from 'pg';
import { HistorianStorage } from '../../shared/config/historian.ts';
import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { Clock } from '../platform/clock.ts';
import { isEngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import { applyStorage } from './apply-storage.ts';
import { type HistorianAddress, QUERY_MARGIN_MS, toPoolConfig } from './connection-options.ts';
import { type ConfigurationCopy, copyConfiguration } from './copy-configuration.ts';
import { type InsertResult, insertRows, keepRejected } from './insert-rows.ts';
import { MAINTENANCE_TIMEOUT_MS, type MaintenanceRound, runMaintenance } from './maintenance.ts';
import { migrateSchema } from './migrate-schema.ts';
import { type OeeTables, openOeeTables } from './oee-store.ts';
import { Reachability } from './reachability.ts';
import { type HistorianStatus, readHistorianStatus } from './read-status.ts';
import type { RevisedRange } from './refresh-dirty.ts';
import type { RejectedRow } from './row-columns.ts';
import { readSamples, type SamplesQuery } from './sample-reader.ts';
import { hasNoSession } from './sql-errors.ts';
import { readStates, type StateInterval, type StateQuery } from './state-reader.ts';
import { readPercentiles, readTrend, type Trend, type TrendQuery } from './trend-reader.ts';
import { withClient } from './with-client.ts';

export interface HistorianOptions extends HistorianAddress {
  /** Most connections held at once. */
  readonly maxConnections: number;
  /** How rows are kept; the defaults of the site file when left out. */
  readonly storage?: HistorianStorage;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * TimescaleDB: stores rows exactly once by (machine, metric, time), however often they are given. Nothing
 * is connected before the first call; connections that break are replaced by later calls. Every method
 * rejects with the driver's error when `isRetriable` says that the same call may succeed later.
 */
export interface Historian {
  /**
   * Brings the schema to this program's version and returns the versions that were new; see `migrateSchema`. Then
   * divides chunks as `storage` says; its other rules come into force with the first `maintain`.
   */
  migrate(): Promise<number[]>;
  /** One round of what keeps the aggregates right; see `runMaintenance`. Takes a connection of its own. */
  maintain(): Promise<MaintenanceRound>;
  /** Told of hours whose numbers late rows have changed, once the aggregates are refreshed; returns the end of listening. */
  onRevised(listener: (ranges: readonly RevisedRange[]) => void): () => void;
  /** See `insertRows`: what it resolves to is committed. */
  insert(rows: readonly TelemetryRow[]): Promise<InsertResult>;
  /** Keeps values that could not become rows, with the reason, in `telemetry_rejected`. */
  keepRejected(rejected: readonly RejectedRow[]): Promise<void>;
  /** See `copyConfiguration`. */
  copyConfiguration(copy: ConfigurationCopy): Promise<number>;
  /** See `readHistorianStatus`. */
  status(): Promise<HistorianStatus>;
  /** Asks the database now; never rejects. */
  isReachable(): Promise<boolean>;
  /** See `readSamples`. */
  readSamples(query: SamplesQuery): AsyncIterable<readonly TelemetryRow[]>;
  /** See `readTrend`. */
  readTrend(query: TrendQuery): Promise<Trend>;
  /** See `readPercentiles`. */
  readPercentiles(query: TrendQuery): ReturnType<typeof readPercentiles>;
  /** See `readStates`. */
  readStates(query: StateQuery): AsyncIterable<StateInterval>;
  /** What OEE keeps here. */
  readonly oee: OeeTables;
  state(): ConnectionState;
  /** Waits for running statements, then ends all connections. */
  close(): Promise<void>;
}

/** @throws EngineError `historian/address` when the URL cannot be read. Does not connect. */
export function openHistorian(options: HistorianOptions): Historian {
  const { clock, log, maxConnections } = options;
  const pool = new Pool({ ...toPoolConfig(options), max: maxConnections, idleTimeoutMillis: 60_000 });
  const reachability = new Reachability({ clock, log, tryOnce: () => pool.query('SELECT 1') });
  // Connects when it is first asked to work, and leaves when it has none.
  const maintenancePool = new Pool({
    ...toPoolConfig(options),
    statement_timeout: MAINTENANCE_TIMEOUT_MS,
    query_timeout: MAINTENANCE_TIMEOUT_MS + QUERY_MARGIN_MS,
    max: 1,
    idleTimeoutMillis: 1_000,
  });
  const revised = new EventSource<readonly RevisedRange[]>();
  const storage = options.storage ?? HistorianStorage.parse({});
  // A connection that breaks while nobody uses it: without a listener this would end the process.
  for (const each of [pool, maintenancePool]) each.on('error', (error) => reachability.failed(error));

  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    reachability.begin();
    try {
      const result = await work();
      reachability.succeeded();
      return result;
    } catch (error) {
      noteFailure(reachability, error);
      throw error;
    }
  };
  return {
    migrate: () => watched(() => withClient(pool, (client) => migrate(client, storage, log))),
    status: () => watched(() => withClient(pool, readHistorianStatus)),
    maintain: () => watched(() => runMaintenance(maintenancePool, storage, (ranges) => revised.emit(ranges))),
    onRevised: (listener) => revised.on(listener),
    insert: (rows) => watched(() => insertRows(pool, rows)),
    keepRejected: (rejected) => watched(() => keepRejected(pool, rejected)),
    copyConfiguration: (copy) => watched(() => copyConfiguration(pool, copy)),
    isReachable: () =>
      watched(() => pool.query('SELECT 1')).then(
        () => true,
        () => false,
      ),
    readSamples: (query) => readWatched(reachability, readSamples(pool, query)),
    readTrend: (query) => watched(() => readTrend(pool, query)),
    readPercentiles: (query) => watched(() => readPercentiles(pool, query)),
    readStates: (query) => readWatched(reachability, readStates(pool, query)),
    oee: openOeeTables(pool, watched),
    state: () => reachability.state,
    async close() {
      reachability.close();
      await Promise.all([pool.end(), maintenancePool.end()]);
    },
  };
}

/** A database that answers with a refusal is not away. */
function noteFailure(reachability: Reachability, error: unknown): void {
  const origin = isEngineError(error) && error.cause !== undefined ? error.cause : error;
  if (hasNoSession(origin)) reachability.failed(origin);
  else reachability.succeeded();
}

async function migrate(client: PoolClient, storage: HistorianStorage, log: Log): Promise<number[]> {
  const applied = await migrateSchema(client, log);
  await applyStorage(client, storage, log);
  return applied;
}

async function* readWatched<T>(
  reachability: Reachability,
  pages: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  reachability.begin();
  try {
    for await (const page of pages) {
      reachability.succeeded();
      yield page;
    }
  } catch (error) {
    noteFailure(reachability, error);
    throw error;
  }
}
