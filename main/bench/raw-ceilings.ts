import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { connectAsync } from 'mqtt';
import { Client } from 'pg';
import proto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';

/**
 * What each library does alone on this machine, now: the figures ours are held against. Each runs about
 * `RUN_MS`; the shape of the work (batches of 500 rows, messages of 100 metrics) is that of the pipeline.
 */
const RUN_MS = 3_000;
const BATCH_ROWS = 500;
const MESSAGE_METRICS = 100;

async function countPerS(work: () => unknown, unitsPerCall: number): Promise<number> {
  const startedMs = performance.now();
  let calls = 0;
  while (performance.now() - startedMs < RUN_MS) {
    await work();
    calls++;
  }
  return (calls * unitsPerCall * 1_000) / (performance.now() - startedMs);
}

/** Rows a second into a plain table, WAL with synchronous=FULL, 500 a transaction. */
export async function rawSqliteRowsPerS(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-'));
  const database = new Database(join(folder, 'raw.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(
    'CREATE TABLE row (id INTEGER PRIMARY KEY, metric INTEGER, value, quality INTEGER, at INTEGER, stored INTEGER, crc INTEGER)',
  );
  const insert = database.prepare(
    'INSERT INTO row (metric, value, quality, at, stored, crc) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const batch = database.transaction((from: number) => {
    for (let index = 0; index < BATCH_ROWS; index++) insert.run(index, from + index, 192, from, from, index);
  });
  let from = 0;
  const perS = await countPerS(() => batch((from += BATCH_ROWS)), BATCH_ROWS);
  database.close();
  rmSync(folder, { recursive: true });
  return perS;
}

/** Messages a second at QoS 0 from one client to itself through the broker; 1,500 bytes each. */
export async function rawMqttMessagesPerS(brokerUrl: string): Promise<number> {
  const client = await connectAsync(brokerUrl, { reconnectPeriod: 0 });
  await client.subscribeAsync('bench/raw');
  let received = 0;
  let wake = (): void => {};
  client.on('message', () => {
    received++;
    wake();
  });
  const payload = Buffer.alloc(1_500);
  const perS = await countPerS(async () => {
    const target = received + 100;
    for (let index = 0; index < 100; index++) client.publish('bench/raw', payload);
    while (received < target) await new Promise<void>((resolve) => (wake = resolve));
  }, 100);
  await client.endAsync();
  return perS;
}

/** Deduplicated rows a second by INSERT … SELECT FROM unnest … ON CONFLICT DO NOTHING, 1,000 a statement. */
export async function rawHistorianRowsPerS(historianUrl: string): Promise<number> {
  const client = new Client({ connectionString: historianUrl });
  await client.connect();
  await client.query('DROP TABLE IF EXISTS bench_raw');
  await client.query(
    'CREATE TABLE bench_raw (time timestamptz NOT NULL, machine_id text, metric_name text, value float8, quality smallint, UNIQUE (machine_id, metric_name, time))',
  );
  await client.query("SELECT create_hypertable('bench_raw', 'time', chunk_time_interval => interval '1 day')");
  let nextMs = Date.now() - 3_600_000;
  const perS = await countPerS(async () => {
    const times = Array.from({ length: 1_000 }, () => new Date(nextMs++).toISOString());
    await client.query(
      `INSERT INTO bench_raw SELECT t, 'machine', 'metric', v, 192 FROM unnest($1::timestamptz[], $2::float8[]) AS u(t, v) ON CONFLICT DO NOTHING`,
      [times, times.map((_time, index) => index)],
    );
  }, 1_000);
  await client.query('DROP TABLE bench_raw');
  await client.end();
  return perS;
}

/** Metrics a second that the raw protobuf module encodes and decodes again, alias data, 100 a message. */
export async function rawSparkplugMetricsPerS(): Promise<number> {
  const { Payload } = proto.org.eclipse.tahu.protobuf;
  const metrics = Array.from({ length: MESSAGE_METRICS }, (_unused, alias) => ({
    alias,
    timestamp: Date.now(),
    doubleValue: alias,
  }));
  return countPerS(
    () => Payload.decode(Payload.encode({ timestamp: Date.now(), seq: 1, metrics }).finish()),
    MESSAGE_METRICS,
  );
}
