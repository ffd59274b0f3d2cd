import type { PoolClient } from 'pg';
import { HistorianStorage } from '../../shared/config/historian.ts';
import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { Clock } from '../platform/clock.ts';
import { isEngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import { applyStorage } from './apply-storage.ts';
import type { HistorianAddress } from './connection-options.ts';
import { type ConfigurationCopy, copyConfiguration } from './copy-configuration.ts';
import { openPools } from './historian-pools.ts';
import { type InsertResult, insertRows, keepRejected } from './insert-rows.ts';
import { type MaintenanceRound, runMaintenance } from './maintenance.ts';
import { migrateSchema } from './migrate-schema.ts';
import { type OeeTables, openOeeTables } from './oee-store.ts';
import { Reachability } from './reachability.ts';
import { type HistorianStatus, readHistorianStatus } from './read-status.ts';
import type { DirtyPatience, RevisedRange } from './refresh-dirty.ts';
import {
  listRejected,
  type RejectedFilter,
  type RejectedGroup,
  type RejectedRetry,
  retryRejected,
} from './rejected-rows.ts';
import type { RejectedRow } from './row-columns.ts';
import { readSamples, type SamplesQuery } from './sample-reader.ts';
import { hasNoSession } from './sql-errors.ts';
import { readStates, type StateInterval, type StateQuery } from './state-reader.ts';
import { StatementSize } from './statement-size.ts';
import { readPercentiles, readTrend, type Trend, type TrendQuery } from './trend-reader.ts';
import { withClient } from './with-client.ts';
import { describeWriteFailure } from './write-failure.ts';

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
  maintain(patience?: DirtyPatience): Promise<MaintenanceRound>;
  /** Told of hours whose numbers late rows have changed, once the aggregates are refreshed; returns the end of listening. */
  onRevised(listener: (ranges: readonly RevisedRange[]) => void): () => void;
  /** See `insertRows`: what it resolves to is committed. */
  insert(rows: readonly TelemetryRow[]): Promise<InsertResult>;
  /** Keeps values that could not become rows, with the reason, in `telemetry_rejected`. */
  keepRejected(rejected: readonly RejectedRow[]): Promise<void>;
  /** See `copyConfiguration`. */
  copyConfiguration(copy: ConfigurationCopy): Promise<number>;
  /** See `listRejected`. */
  listRejected(filter: RejectedFilter): Promise<RejectedGroup[]>;
  /** See `retryRejected`. */
  retryRejected(filter: RejectedFilter, latestMs: number): Promise<RejectedRetry>;
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
  /** `stale` while there is a connection on which rows cannot be stored. */
  state(): ConnectionState;
  /** Waits for running statements, then ends all connections. */
  close(): Promise<void>;
}

/** @throws EngineError `historian/address` when the URL cannot be read. Does not connect. */
export function openHistorian(options: HistorianOptions): Historian {
  const { clock, log, maxConnections } = options;
  const pools = openPools(options, maxConnections, (error) => reachability.failed(error));
  const pool = pools.rows;
  const reachability = new Reachability({ clock, log, tryOnce: () => pools.ask() });
  const statementSize = new StatementSize();
  const revised = new EventSource<readonly RevisedRange[]>();
  const storage = options.storage ?? HistorianStorage.parse({});

  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    const end = reachability.begin();
    try {
      const result = await work();
      reachability.succeeded();
      return result;
    } catch (error) {
      noteFailure(reachability, error);
      throw error;
    } finally {
      end();
    }
  };
  const storing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await watched(work);
      reachability.stored();
      return result;
    } catch (error) {
      const failure = describeWriteFailure(originOf(error));
      if (failure !== undefined) reachability.refused(failure);
      throw error;
    }
  };
  return {
    migrate: () => watched(() => withClient(pool, (client) => migrate(client, storage, log))),
    status: () => watched(() => withClient(pool, readHistorianStatus)),
    maintain: (patience) =>
      watched(() => runMaintenance(pools.maintenance, storage, (ranges) => revised.emit(ranges), patience)),
    onRevised: (listener) => revised.on(listener),
    insert: (rows) => storing(() => insertRows(pool, rows, statementSize)),
    keepRejected: (rejected) => watched(() => keepRejected(pool, rejected)),
    copyConfiguration: (copy) => watched(() => copyConfiguration(pool, copy)),
    listRejected: (filter) => watched(() => listRejected(pool, filter)),
    retryRejected: (filter, latestMs) => watched(() => retryRejected(pool, filter, latestMs, statementSize)),
    isReachable: () =>
      watched(() => pools.ask()).then(
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
      await pools.end();
    },
  };
}

const originOf = (error: unknown): unknown => (isEngineError(error) && error.cause !== undefined ? error.cause : error);

/** A database that answers with a refusal is not away. */
function noteFailure(reachability: Reachability, error: unknown): void {
  const origin = originOf(error);
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
  const end = reachability.begin();
  try {
    for await (const page of pages) {
      reachability.succeeded();
      yield page;
    }
  } catch (error) {
    noteFailure(reachability, error);
    throw error;
  } finally {
    end();
  }
}
