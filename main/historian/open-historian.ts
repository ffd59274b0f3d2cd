import { Pool } from 'pg';
import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { Clock } from '../platform/clock.ts';
import { isEngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { type HistorianAddress, toPoolConfig } from './connection-options.ts';
import { type InsertResult, insertRows, keepRejected } from './insert-rows.ts';
import { migrateSchema } from './migrate-schema.ts';
import { Reachability } from './reachability.ts';
import type { RejectedRow } from './row-columns.ts';
import { readSamples, type SamplesQuery } from './sample-reader.ts';
import { hasNoSession } from './sql-errors.ts';

export interface HistorianOptions extends HistorianAddress {
  /** Most connections held at once. */
  readonly maxConnections: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * TimescaleDB: stores rows exactly once by (machine, metric, time), however often they are given. Nothing
 * is connected before the first call; connections that break are replaced by later calls. Every method
 * rejects with the driver's error when `isRetriable` says that the same call may succeed later.
 */
export interface Historian {
  /** Brings the schema to this program's version and returns the versions that were new; see `migrateSchema`. */
  migrate(): Promise<number[]>;
  /** See `insertRows`: what it resolves to is committed. */
  insert(rows: readonly TelemetryRow[]): Promise<InsertResult>;
  /** Keeps values that could not become rows, with the reason, in `telemetry_rejected`. */
  keepRejected(rejected: readonly RejectedRow[]): Promise<void>;
  /** Asks the database now; never rejects. */
  isReachable(): Promise<boolean>;
  /** See `readSamples`. */
  readSamples(query: SamplesQuery): AsyncIterable<readonly TelemetryRow[]>;
  state(): ConnectionState;
  /** Waits for running statements, then ends all connections. */
  close(): Promise<void>;
}

/** @throws EngineError `historian/address` when the URL cannot be read. Does not connect. */
export function openHistorian(options: HistorianOptions): Historian {
  const { clock, log, maxConnections } = options;
  const pool = new Pool({ ...toPoolConfig(options), max: maxConnections, idleTimeoutMillis: 60_000 });
  const reachability = new Reachability({ clock, log, tryOnce: () => pool.query('SELECT 1') });
  // A connection that breaks while nobody uses it: without a listener this would end the process.
  pool.on('error', (error) => reachability.failed(error));

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
    migrate: () => watched(() => migrate(pool, log)),
    insert: (rows) => watched(() => insertRows(pool, rows)),
    keepRejected: (rejected) => watched(() => keepRejected(pool, rejected)),
    isReachable: () =>
      watched(() => pool.query('SELECT 1')).then(
        () => true,
        () => false,
      ),
    readSamples: (query) => readWatched(pool, reachability, query),
    state: () => reachability.state,
    async close() {
      reachability.close();
      await pool.end();
    },
  };
}

/** A database that answers with a refusal is not away. */
function noteFailure(reachability: Reachability, error: unknown): void {
  const origin = isEngineError(error) && error.cause !== undefined ? error.cause : error;
  if (hasNoSession(origin)) reachability.failed(origin);
  else reachability.succeeded();
}

async function migrate(pool: Pool, log: Log): Promise<number[]> {
  const client = await pool.connect();
  const onError = (): void => undefined;
  // Between two queries a checked-out client reports its broken connection here, not to the pool.
  client.on('error', onError);
  try {
    return await migrateSchema(client, log);
  } finally {
    client.off('error', onError);
    client.release();
  }
}

async function* readWatched(
  pool: Pool,
  reachability: Reachability,
  query: SamplesQuery,
): AsyncGenerator<readonly TelemetryRow[], void, undefined> {
  reachability.begin();
  try {
    for await (const page of readSamples(pool, query)) {
      reachability.succeeded();
      yield page;
    }
  } catch (error) {
    noteFailure(reachability, error);
    throw error;
  }
}
