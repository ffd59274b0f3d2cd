import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedHistorian } from './embedded-historian.ts';

const BATCH_ROWS = 100;
const createSample = `
  CREATE TABLE sample (source_ts timestamptz NOT NULL, batch int NOT NULL, UNIQUE (batch, source_ts));
  SELECT create_hypertable('sample', by_range('source_ts', interval '1 day'));`;
const insertBatch = `INSERT INTO sample
  SELECT timestamptz '2026-01-01' + make_interval(hours => $1, secs => n), $1 FROM generate_series(1, ${BATCH_ROWS}) n
  ON CONFLICT DO NOTHING`;
const readBatches = 'SELECT batch, count(*)::int AS "rowCount" FROM sample GROUP BY batch ORDER BY batch';

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  // A killed server ends the connection; the queries in flight tell the same.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('embedded historian on disk', { timeout: 60_000 }, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-historian-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds its rows and its hypertable again after a restart', async () => {
    const before = await startEmbeddedHistorian({ dataFolder: folder });
    const writer = await connected(before.url);
    await writer.query(createSample);
    await writer.query(insertBatch, [1]);
    await writer.end();
    await before.close();

    const after = await startEmbeddedHistorian({ dataFolder: folder });
    const reader = await connected(after.url);
    expect((await reader.query(insertBatch, [1])).rowCount).toBe(0);
    expect((await reader.query(insertBatch, [2])).rowCount).toBe(BATCH_ROWS);
    expect((await reader.query(readBatches)).rows).toEqual([
      { batch: 1, rowCount: BATCH_ROWS },
      { batch: 2, rowCount: BATCH_ROWS },
    ]);
    await reader.end();
    await after.close();
  });

  it('keeps the write-ahead log short however much is written', async () => {
    const historian = await startEmbeddedHistorian({ dataFolder: folder });
    const client = await connected(historian.url);
    await client.query('CREATE TABLE note (line text)');
    // 150 turns of more than 1 MB each; a segment of the log is 1 MB.
    for (let turn = 0; turn < 150; turn += 1) {
      await client.query(`INSERT INTO note SELECT repeat('x', 1000) FROM generate_series(1, 1000)`);
    }
    expect((await readdir(join(folder, 'pg_wal'))).length).toBeLessThan(120);
    await client.end();
    await historian.close();
  });

  it('refuses a folder that a live historian has open', async () => {
    const first = await startEmbeddedHistorian({ dataFolder: folder });
    await expect(startEmbeddedHistorian({ dataFolder: folder })).rejects.toMatchObject({
      code: 'demo/historian-in-use',
    });
    await first.close();
  });

  it('keeps every committed batch and no half of one when its process is killed while inserting', async () => {
    const fixture = fileURLToPath(new URL('./embedded-historian-killed-process.ts', import.meta.url));
    const child = spawn(process.execPath, [fixture, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const committedCount = await insertUntilKilled(child, 40);
    expect(committedCount).toBeGreaterThanOrEqual(40);

    const historian = await startEmbeddedHistorian({ dataFolder: folder });
    const client = await connected(historian.url);
    const { rows } = await client.query<{ batch: number; rowCount: number }>(readBatches);
    // The batch in flight may have been committed without its answer.
    expect(rows.length - committedCount).toBeOneOf([0, 1]);
    expect(rows).toEqual(rows.map((_row, index) => ({ batch: index + 1, rowCount: BATCH_ROWS })));
    expect((await client.query(insertBatch, [rows.length + 1])).rowCount).toBe(BATCH_ROWS);
    await client.end();
    await historian.close();
  });
});

/** Inserts batch after batch; kills `child` with `killAfter` committed and goes on until the connection breaks. */
async function insertUntilKilled(child: ChildProcess, killAfter: number): Promise<number> {
  if (child.stdout === null) throw new Error('the child has no stdout');
  const [url] = await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  const client = await connected(String(url).trim());
  await client.query(createSample);
  for (let batch = 1; ; batch += 1) {
    const insert = client.query(insertBatch, [batch]);
    if (batch === killAfter + 1) child.kill('SIGKILL');
    const isCommitted = await insert.then(
      () => true,
      () => false,
    );
    if (isCommitted) continue;
    await exited;
    return batch - 1;
  }
}
