import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { HistorianStorage } from '../../shared/config/historian.ts';
import { startEmbeddedHistorian } from '../demo/embedded-historian.ts';
import { type Historian, openHistorian } from '../historian/open-historian.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { startTestHistorian } from '../testing/test-historian.ts';

export interface HistorianRig {
  readonly historian: Historian;
  /** One connection beside ours. */
  readonly pool: Pool;
  /** Which server it is, in words. */
  readonly serverName: string;
  close(): Promise<void>;
}

/** Fills and refreshes of millions of rows; the driver's own limit is none. */
const STATEMENT_TIMEOUT_MS = 3_600_000;

/**
 * A database of ours with the storage rules of a site file that says nothing: on the server that LINESIDE_HISTORIAN_URL
 * names, else embedded, on disk (in memory ten million rows would be too much).
 */
export async function openHistorianRig(): Promise<HistorianRig> {
  const isNative = process.env['LINESIDE_HISTORIAN_URL'] !== undefined;
  const folder = mkdtempSync(join(tmpdir(), 'lineside-historian-'));
  const server = isNative
    ? await startTestHistorian()
    : await startEmbeddedHistorian({ dataFolder: join(folder, 'db') });
  const storage = HistorianStorage.parse({});
  const historian = openHistorian({ url: server.url, maxConnections: 2, storage, clock: systemClock, log: silentLog });
  await historian.migrate();
  const pool = new Pool({ connectionString: server.url, max: 1, statement_timeout: STATEMENT_TIMEOUT_MS });
  return {
    historian,
    pool,
    serverName: isNative ? 'native' : 'embedded',
    async close() {
      await pool.end();
      await historian.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
