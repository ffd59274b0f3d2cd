import { Pool } from 'pg';
import { CONNECT_TIMEOUT_MS, type HistorianAddress, QUERY_MARGIN_MS, toPoolConfig } from './connection-options.ts';
import { MAINTENANCE_TIMEOUT_MS } from './maintenance.ts';

export interface HistorianPools {
  /** Rows in and questions out. */
  readonly rows: Pool;
  /** One connection for statements that take minutes. */
  readonly maintenance: Pool;
  /**
   * Resolves when the server takes a connection and answers on it, within 10 s; rejects with the driver's error. On a
   * connection of its own: those of `rows` may all wait for something else.
   */
  ask(): Promise<void>;
  /** Waits for running statements, then ends all connections. */
  end(): Promise<void>;
}

/** Nothing is connected before it is used. `onBroken` is told of a connection that breaks while nobody uses it. */
export function openPools(
  address: HistorianAddress,
  maxConnections: number,
  onBroken: (error: Error) => void,
): HistorianPools {
  const config = toPoolConfig(address);
  const rows = new Pool({ ...config, max: maxConnections, idleTimeoutMillis: 60_000 });
  // These two leave when they have no work.
  const maintenance = new Pool({
    ...config,
    statement_timeout: MAINTENANCE_TIMEOUT_MS,
    query_timeout: MAINTENANCE_TIMEOUT_MS + QUERY_MARGIN_MS,
    max: 1,
    idleTimeoutMillis: 1_000,
  });
  const asking = new Pool({ ...config, query_timeout: CONNECT_TIMEOUT_MS, max: 1, idleTimeoutMillis: 1_000 });
  const all = [rows, maintenance, asking];
  // Without a listener this would end the process.
  for (const pool of all) pool.on('error', onBroken);
  return {
    rows,
    maintenance,
    async ask() {
      await asking.query('SELECT 1');
    },
    async end() {
      await Promise.all(all.map((pool) => pool.end()));
    },
  };
}
