/**
 * Child process of embedded-historian.parts.test.ts, there to be killed: opens the folder of its first
 * argument and commits batches of ROWS_PER_BATCH rows for ever, telling the number committed after each.
 */
import pg from 'pg';

import { startEmbeddedHistorian } from './embedded-historian.ts';

const ROWS_PER_BATCH = 100;

const historian = await startEmbeddedHistorian({ dataFolder: process.argv[2] ?? '' });
const client = new pg.Client(historian.url);
await client.connect();
await client.query('CREATE TABLE sample (source_ts timestamptz NOT NULL, batch int NOT NULL)');
await client.query(`SELECT create_hypertable('sample', by_range('source_ts'))`);
for (let batch = 1; ; batch += 1) {
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO sample SELECT timestamptz '2026-01-01' + make_interval(hours => $1, secs => n), $1 FROM generate_series(1, $2) n`,
    [batch, ROWS_PER_BATCH],
  );
  await client.query('COMMIT');
  process.stdout.write(`${batch}\n`);
}
