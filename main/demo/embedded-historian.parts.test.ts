import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedHistorian, startEmbeddedHistorian } from './embedded-historian.ts';
import { queryFrame, toFrame } from './embedded-historian-protocol.ts';

const START_LIMIT_MS = 60_000;
const BATCH_ROWS = 10_000;
const insertBatch = `INSERT INTO sample (source_ts, machine_id, value)
  SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::float8[]) ON CONFLICT DO NOTHING`;

const toBatch = (rowCount: number): [string[], string[], number[]] => {
  const rows = Array.from({ length: rowCount }, (_, index) => index);
  const firstMs = Date.UTC(2026, 0, 1);
  return [
    rows.map((row) => new Date(firstMs + row * 1_000).toISOString()),
    rows.map((row) => `press-${row % 5}`),
    rows.map((row) => row / 7),
  ];
};

const createSample = `
  CREATE TABLE sample (source_ts timestamptz NOT NULL, machine_id text NOT NULL, value float8, UNIQUE (machine_id, source_ts));
  SELECT create_hypertable('sample', by_range('source_ts', interval '1 hour'));`;

async function connected(historian: EmbeddedHistorian): Promise<pg.Client> {
  const client = new pg.Client(historian.url);
  await client.connect();
  return client;
}

async function readNumber(client: pg.Client | pg.Pool, sql: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(sql);
  return Number(rows[0]?.n);
}

/** A connection below the driver: StartupMessage is a frame without a type byte, its code is protocol 3.0. */
async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(toFrame(' ', Buffer.from('\0\x03\0\0user\0lineside\0\0', 'latin1')).subarray(1));
  await once(socket, 'data');
  return socket;
}

describe('embedded historian in memory', { timeout: START_LIMIT_MS }, () => {
  let historian: EmbeddedHistorian;
  const clients: pg.Client[] = [];
  const open = async (): Promise<pg.Client> => {
    const client = await connected(historian);
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    historian = await startEmbeddedHistorian();
  }, START_LIMIT_MS);
  afterAll(() => historian.close());
  beforeEach(async () => {
    await (await open()).query(createSample);
  });
  afterEach(async () => {
    await clients[0]?.query('DROP TABLE sample CASCADE; DROP TABLE IF EXISTS note');
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });

  it('takes 10,000 rows into a hypertable in one statement and ignores them the second time', async () => {
    const client = await open();
    expect((await client.query(insertBatch, toBatch(BATCH_ROWS))).rowCount).toBe(BATCH_ROWS);
    expect((await client.query(insertBatch, toBatch(BATCH_ROWS))).rowCount).toBe(0);
    expect(await readNumber(client, 'SELECT count(*) AS n FROM sample')).toBe(BATCH_ROWS);
    expect(await readNumber(client, `SELECT count(*) AS n FROM show_chunks('sample')`)).toBe(3);
  });

  it('keeps two interleaving transactions apart while a third client reads', async () => {
    const [first, second, reader] = await Promise.all([open(), open(), open()]);
    const insertFrom = async (client: pg.Client, machineId: string): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        await client.query('BEGIN');
        for (let row = 0; row < 4; row += 1) {
          await client.query(
            `INSERT INTO sample VALUES (timestamptz '2026-01-01' + make_interval(secs => $1), $2, 1)`,
            [round * 4 + row, machineId],
          );
        }
        await client.query(round === 2 ? 'ROLLBACK' : 'COMMIT');
      }
    };
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1)
        seen.push(await readNumber(reader, 'SELECT count(*) AS n FROM sample'));
    };
    await Promise.all([insertFrom(first, 'press-1'), insertFrom(second, 'press-2'), read()]);
    expect(await readNumber(reader, 'SELECT count(*) AS n FROM sample')).toBe(2 * 4 * 4);
    // Whole transactions only, and never fewer than before.
    expect(seen.filter((rowCount) => rowCount % 4 !== 0)).toEqual([]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('answers 50 parallel queries through a pool of four, each with its own result', async () => {
    const pool = new pg.Pool({ connectionString: historian.url, max: 4 });
    const asked = Array.from({ length: 50 }, (_, index) => index);
    const answers = await Promise.all(
      asked.map(async (index) => (await pool.query<{ n: number }>('SELECT $1::int AS n', [index])).rows[0]?.n),
    );
    await pool.end();
    expect(answers).toEqual(asked);
  });

  it('lets two clients prepare different statements under one name', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    const ask = async (client: pg.Client, text: string): Promise<unknown> =>
      (await client.query<{ n: string }>({ name: 'ask', text, values: [2] })).rows[0]?.n;
    expect(await ask(first, `SELECT 'first ' || $1::int AS n`)).toBe('first 2');
    expect(await ask(second, `SELECT 'second ' || $1::int AS n`)).toBe('second 2');
    expect(await ask(first, `SELECT 'first ' || $1::int AS n`)).toBe('first 2');
  });

  it('forgets the prepared statements of a client that has left', async () => {
    const [stays, leaves] = await Promise.all([open(), connected(historian)]);
    await leaves.query({ name: 'gone', text: 'SELECT 1' });
    expect(await readNumber(stays, 'SELECT count(*) AS n FROM pg_prepared_statements')).toBe(1);
    await leaves.end();
    await expect.poll(() => readNumber(stays, 'SELECT count(*) AS n FROM pg_prepared_statements')).toBe(0);
  });

  it('refuses statements after an error in a transaction until ROLLBACK, and then serves the others', async () => {
    const [failing, other] = await Promise.all([open(), open()]);
    await failing.query('BEGIN');
    await failing.query(`INSERT INTO sample VALUES ('2026-01-01', 'press-1', 1)`);
    await expect(failing.query('SELECT $1::int / 0', [1])).rejects.toMatchObject({ code: '22012' });
    await expect(failing.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    const waiting = readNumber(other, 'SELECT count(*) AS n FROM sample');
    await failing.query('ROLLBACK');
    expect(await waiting).toBe(0);
  });

  it('rolls back and frees the backend when a client is killed inside a transaction', async () => {
    const other = await open();
    const socket = await openRaw(historian.port);
    socket.write(queryFrame(`BEGIN; INSERT INTO sample VALUES ('2026-01-01', 'press-1', 1)`));
    await once(socket, 'data');
    const waiting = readNumber(other, 'SELECT count(*) AS n FROM sample');
    socket.resetAndDestroy();
    expect(await waiting).toBe(0);
  });

  it('closes the connection of a client that does not speak the protocol, and of no other', async () => {
    const other = await open();
    const socket = connect(historian.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket.resume(), 'close');
    expect(await readNumber(other, 'SELECT 1 AS n')).toBe(1);
  });

  it('fills and refreshes a continuous aggregate', async () => {
    const client = await open();
    await client.query(insertBatch, toBatch(BATCH_ROWS));
    await client.query(`CREATE MATERIALIZED VIEW sample_hour WITH (timescaledb.continuous) AS
      SELECT time_bucket('1 hour', source_ts) AS hour, machine_id, count(*) AS n FROM sample GROUP BY 1, 2 WITH NO DATA`);
    expect(await readNumber(client, 'SELECT count(*) AS n FROM sample_hour')).toBe(0);
    await client.query(`CALL refresh_continuous_aggregate('sample_hour', NULL, NULL)`);
    expect(await readNumber(client, 'SELECT sum(n) AS n FROM sample_hour')).toBe(BATCH_ROWS);
    expect(await readNumber(client, 'SELECT count(*) AS n FROM sample_hour')).toBe(3 * 5);
  });

  it('compresses old chunks when the compression policy is run', async () => {
    const client = await open();
    await client.query(insertBatch, toBatch(BATCH_ROWS));
    await client.query(`ALTER TABLE sample SET (timescaledb.compress, timescaledb.compress_segmentby = 'machine_id')`);
    const jobId = await readNumber(client, `SELECT add_compression_policy('sample', interval '1 hour') AS n`);
    await client.query(`CALL run_job(${jobId})`);
    const compressed = `SELECT count(*) AS n FROM timescaledb_information.chunks WHERE hypertable_name = 'sample' AND is_compressed`;
    expect(await readNumber(client, compressed)).toBe(3);
    expect(await readNumber(client, 'SELECT count(*) AS n FROM sample')).toBe(BATCH_ROWS);
  });

  it('takes the data of a COPY FROM STDIN', async () => {
    const socket = await openRaw(historian.port);
    socket.write(queryFrame('COPY sample FROM STDIN'));
    expect(String(await once(socket, 'data'))).toMatch(/^G/);
    socket.write(Buffer.concat([1, 2, 3].map((n) => toFrame('d', Buffer.from(`2026-01-0${n}\tpress-1\t${n}\n`)))));
    socket.write(toFrame('c'));
    expect(String(await once(socket, 'data'))).toContain('COPY 3');
    socket.end(toFrame('X'));
    expect(await readNumber(await open(), 'SELECT sum(value) AS n FROM sample')).toBe(6);
  });

  it('goes on after a COPY FROM STDIN whose client has no data', async () => {
    const client = await open();
    await expect(client.query('COPY sample FROM STDIN')).rejects.toMatchObject({ code: '57014' });
    await expect(
      client.query('/* no copy seen here; */ COPY sample FROM /* by the look */ STDIN'),
    ).rejects.toMatchObject({ code: '57014' });
    expect(await readNumber(client, 'SELECT count(*) AS n FROM sample')).toBe(0);
  });

  it('answers an extended COPY FROM STDIN with an error and goes on', async () => {
    const client = await open();
    await expect(
      client.query({ text: 'COPY sample FROM STDIN', values: [], queryMode: 'extended' } as pg.QueryConfig),
    ).rejects.toMatchObject({ code: '57014' });
    expect(await readNumber(client, 'SELECT count(*) AS n FROM sample')).toBe(0);
  });

  it('says so when its data folder is a file', async () => {
    const dataFolder = fileURLToPath(import.meta.url);
    await expect(startEmbeddedHistorian({ dataFolder })).rejects.toMatchObject({ code: 'demo/historian-start' });
  });

  it('says so when its port is taken', async () => {
    await expect(startEmbeddedHistorian({ port: historian.port })).rejects.toMatchObject({
      code: 'demo/historian-port',
    });
  });
});

describe('an embedded historian that dies', { timeout: START_LIMIT_MS }, () => {
  it('reports its death and ends the connections of its clients', async () => {
    const historian = await startEmbeddedHistorian();
    const reason = new Promise((resolve) => historian.onExit(resolve));
    const client = await connected(historian);
    const ended = new Promise((resolve) => client.once('end', resolve));
    // The driver reports the lost connection here too; without a listener that would end the test run.
    client.on('error', () => undefined);
    // The library throws out of the middle of PostgreSQL when nobody has given it a blob to read.
    await expect(client.query(`CREATE TABLE note (line text); COPY note FROM '/dev/blob'`)).rejects.toThrow();
    await ended;
    expect(await reason).toMatchObject({ code: 'demo/historian-died' });
    await expect(historian.close()).rejects.toMatchObject({ code: 'demo/historian-died' });
  });
});
