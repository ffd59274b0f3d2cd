import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { readRowCount } from '../fixtures/buffer-books.ts';
import type { Gateway } from '../fixtures/gateway.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

/** How long the broker is away before the damage, so that rows wait in the file. */
const QUEUES_FOR_MS = 7_000;
const PAGE_BYTES = 4_096;

const bufferFile = (run: FaultRun): string => join(run.dataFolder, 'buffer', 'forward-buffer.sqlite');

function trash(path: string, atByte: number, count = 64): void {
  const content = readFileSync(path);
  content.set(
    Uint8Array.from({ length: count }, (_unused, index) => (index * 37 + 11) % 251),
    Math.max(0, Math.min(atByte, content.length - count)),
  );
  writeFileSync(path, content);
}

/** A gateway with rows in its file is killed; `damage` is done; the next one starts. */
async function damageBetweenTwoLives(
  run: FaultRun,
  damage: (path: string, gateway: Gateway) => Promise<void> | void,
): Promise<void> {
  const { gateway, start } = await run.startGateway();
  await run.line.broker.takeAway();
  await run.lasts(QUEUES_FOR_MS);
  await gateway.kill();
  const { queued } = await run.weigh();
  expect(queued, 'rows wait in the file').toBeGreaterThan(500);
  const rowCount = await readRowCount(run.dataFolder);
  await damage(bufferFile(run), gateway);
  const sinceMs = performance.now();
  const again = start();
  await again.untilLogged('engine runs');
  run.note(`runs again ${((performance.now() - sinceMs) / 1_000).toFixed(1)} s after its start`);
  await run.line.broker.bringBack();
  run.over();
  // Some of the rows that waited had arrived before and were only not confirmed yet.
  const { dropped } = await run.settle(again, { mayOvercount: true });
  run.note(`${rowCount} rows waited, ${dropped} entered as lost`);
  expect(dropped, 'never more than waited').toBeLessThanOrEqual(rowCount);
  const isLogged = again.log.some(({ code }) => code === 'store-and-forward/file-quarantined');
  expect(isLogged, 'the log says what was moved aside').toBe(quarantined(run).length > 0);
}

const quarantined = (run: FaultRun): readonly string[] => {
  const folder = join(run.dataFolder, 'buffer', 'quarantine');
  return existsSync(folder) ? readdirSync(folder) : [];
};

for (const { what, damage } of [
  { what: 'its header trashed', damage: (path: string) => trash(path, 0) },
  { what: 'a page of its tree trashed', damage: (path: string) => trash(path, 3 * PAGE_BYTES) },
  { what: 'its schema trashed', damage: (path: string) => trash(path, 200, 3_000) },
  { what: 'its free list trashed', damage: (path: string) => trash(path, 32, 8) },
  { what: 'half of it cut away', damage: (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2)) },
]) {
  fault(
    {
      number: 44,
      title: `a queue file with ${what} is moved aside whole, its rows are named as lost, and collection goes on`,
      injection: `SIGKILL with rows waiting, ${what}, the next start`,
    },
    (run) =>
      damageBetweenTwoLives(run, async (path) => {
        await checkpoint(path);
        damage(path);
      }),
  );
}

/** Rows lie in the log until SQLite carries them into the file, which the damage is meant to hit. */
async function checkpoint(path: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Flips a bit in so many rows of ramps, found in the file by the bytes of their checksums. How many were found. */
async function flipBitOfRows(path: string, count: number): Promise<number> {
  await checkpoint(path);
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare(
    `SELECT crc32 FROM change JOIN metric USING (metric_id) WHERE metric_name LIKE 'Load/%' ORDER BY row_id LIMIT ?`,
  );
  const checksums = rows.all(count).map(({ crc32 }) => Number(crc32));
  db.close();
  const content = readFileSync(path);
  let foundCount = 0;
  for (const checksum of checksums) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(checksum);
    const places: number[] = [];
    // Pages that were split keep a dead copy of some rows.
    for (let at = content.indexOf(bytes); at >= 0; at = content.indexOf(bytes, at + 1)) places.push(at);
    for (const place of places) content.writeUInt8(content.readUInt8(place) ^ 1, place);
    if (places.length > 0) foundCount++;
  }
  writeFileSync(path, content);
  return foundCount;
}

fault(
  {
    number: 45,
    title: 'a row with flipped bits is found by its checksum, set aside and counted; the others arrive',
    injection: 'one bit flipped in each of three rows of the file after a SIGKILL with rows waiting',
  },
  async (run) => {
    const { gateway, start } = await run.startGateway();
    await run.line.broker.takeAway();
    await run.lasts(QUEUES_FOR_MS);
    await gateway.kill();
    expect(await flipBitOfRows(bufferFile(run), 3)).toBe(3);
    const again = start();
    await again.untilLogged('engine runs');
    await run.line.broker.bringBack();
    run.over();
    const { deadLetters } = await run.settle(again);
    expect(deadLetters).toBe(3);
    expect(quarantined(run)).toEqual([]);
  },
);

for (const { what, damage } of [
  { what: 'trashed at 30 % of its length', damage: (log: string) => trash(log, statSync(log).size * 0.3) },
  {
    what: 'torn at 60 % of its length',
    damage: (log: string) => truncateSync(log, Math.floor(statSync(log).size * 0.6)),
  },
  { what: 'deleted', damage: (log: string) => rmSync(log) },
]) {
  fault(
    {
      number: 46,
      title: `a write-ahead log that was ${what} costs what the mark beside the file can name, and history fills the rest`,
      injection: `SIGKILL with rows waiting, the log ${what}, the next start`,
    },
    (run) => damageBetweenTwoLives(run, (path) => damage(`${path}-wal`)),
  );
}

fault(
  {
    number: 39,
    title: 'a gateway that dies while it moves a damaged file aside keeps all of its parts and goes on',
    injection:
      'a queue file with a trashed header; the process kills itself at the crash point mid-quarantine, 1, 2, 3',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    await gateway.kill();
    for (const nth of [1, 2, 3]) {
      // A whole first page in the log would hide the damage.
      await checkpoint(bufferFile(run));
      trash(bufferFile(run), 0);
      const crashing = await run.prepareGateway({ environment: { LINESIDE_CRASH_AT: `mid-quarantine:${nth}` } });
      expect(await crashing.start().exited()).toBeNull();
      const whole = await run.prepareGateway();
      const between = whole.start();
      await between.untilLogged('engine runs');
      await between.kill();
    }
    expect(quarantined(run).length).toBeGreaterThanOrEqual(3);
    const { start } = await run.prepareGateway();
    run.over();
    await run.settle(start(), { mayOvercount: true });
  },
);
