import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedHistorian, startEmbeddedHistorian } from '../demo/embedded-historian.ts';
import { runHistorian } from './run-historian.ts';

let server: EmbeddedHistorian;
let admin: Client;
let folder: string;
let configFile: string;

async function run(...words: string[]): Promise<{ exitCode: number; text: string }> {
  const printed: string[] = [];
  const exitCode = await runHistorian(words, (text) => printed.push(text));
  return { exitCode, text: printed.join('\n') };
}

beforeAll(async () => {
  server = await startEmbeddedHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  folder = await mkdtemp(join(tmpdir(), 'lineside-historian-'));
  configFile = join(folder, 'site.yaml');
  const demo = await readFile(new URL('../../resources/sites/demo.yaml', import.meta.url), 'utf8');
  await writeFile(configFile, demo.replace(/url: postgres:\S+/, `url: ${server.url}`));
});

afterAll(async () => {
  await admin.end();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

it('tells that there is no schema yet, makes it, and then finds all well', async () => {
  expect(await run('status', '--config', configFile)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('schema version 0 of') as string,
  });
  await expect(run('refresh', '--config', configFile)).rejects.toMatchObject({ code: 'historian/schema-older' });
  expect(await run('migrate', '--config', configFile)).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/applied 1, 2, .*\naggregates hold everything up to /) as string,
  });
  expect((await run('migrate', '--config', configFile)).text).toContain('nothing to do');
  const { exitCode, text } = await run('status', '--config', configFile);
  expect(exitCode).toBe(0);
  expect(text).toContain('retention of telemetry every 1 day (drop after 90 days): never run by the server');
  expect(text).toContain('all is well');
});

it('tells of late rows that wait, and brings them into the aggregates', async () => {
  await admin.query(
    `INSERT INTO telemetry (time, machine_id, metric_name, value) SELECT '2026-01-05T06:00Z', 'filler', 'Total', 7;
     INSERT INTO dirty_range (machine_id, range_start, range_end, row_count, first_at)
     SELECT 'filler', hour, hour + INTERVAL '1 hour', 1, now() - INTERVAL '1 hour'
     FROM (SELECT time_bucket(INTERVAL '1 hour', now() - INTERVAL '1 day') AS hour) AS late`,
  );
  const waiting = await run('status', '--config', configFile);
  expect(waiting).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('1 hours with late rows wait') as string,
  });
  const refreshed = await run('refresh', '--config', configFile, '--json');
  expect(refreshed.exitCode).toBe(0);
  expect(JSON.parse(refreshed.text)).toMatchObject({
    phase: 'done',
    revised: [{ machineId: 'filler', rowCount: 1, outcome: 'refreshed' }],
  });
  const after = await run('status', '--config', configFile, '--json');
  expect(after.exitCode).toBe(0);
  expect(JSON.parse(after.text)).toMatchObject({
    faults: [],
    dirty: { hourCount: 0, rowCount: 0, waitingSinceMs: null },
    revised: { refreshedCount: 1, beyondRetentionCount: 0 },
    hypertables: [{ name: 'telemetry', chunkCount: 1, spacePartitions: 1 }, { name: 'events' }],
  });
});

it('lists what was set aside, and stores what has become plausible', async () => {
  const row = { machineId: 'plant/\u001b[31m', metricName: 'Total', value: 1, quality: 192, meta: null };
  const past = { ...row, timeMs: Date.UTC(2026, 0, 5, 6), isHistorical: false, receivedAtMs: Date.UTC(2026, 0, 5, 5) };
  await admin.query(
    `INSERT INTO telemetry_rejected ("row", reason) VALUES ($1, 'timestamp-in-future'), ($2, 'timestamp-zero')`,
    [
      JSON.stringify(past),
      JSON.stringify({ groupId: 'plant', edgeNodeId: 'edge', deviceId: 'filler', timestampMs: 0 }),
    ],
  );
  const listed = await run('rejected', 'list', '--config', configFile);
  expect(listed.text).toMatch(/1 {2}plant\/\\u001b\[31m: timestamp-in-future, with times 2026-01-05T06:00:00.000Z to /);
  expect(listed.text).toContain('plant/edge/filler: timestamp-zero');
  expect((await run('rejected', 'retry', '--config', configFile)).text).toMatch(/^1 stored, .* 1 remain/);
  const left = await run('rejected', 'list', '--config', configFile, '--reason', 'timestamp-in', '--json');
  expect(JSON.parse(left.text)).toEqual([]);
  await expect(run('rejected', 'drop', '--config', configFile)).rejects.toMatchObject({ code: 'cli/usage' });
});

it('says what is wrong with a database that does not answer, and with the words', async () => {
  await expect(run('status')).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run('constructor', '--config', configFile)).rejects.toMatchObject({ code: 'cli/usage' });
  const other = join(folder, 'away.yaml');
  const site = await readFile(configFile, 'utf8');
  await writeFile(other, site.replace(server.url, 'postgres://nobody@127.0.0.1:1/x'));
  await expect(run('status', '--config', other)).rejects.toMatchObject({
    code: 'historian/unreachable',
    message: expect.stringContaining('Check host and port') as string,
  });
});
