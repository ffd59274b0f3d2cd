import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { readRowCount } from '../fixtures/buffer-books.ts';
import { BufferWriter } from '../fixtures/buffer-programs.ts';
import { Child } from '../fixtures/child-process.ts';
import { query } from '../fixtures/telemetry.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

const LOCK_HOLDER = new URL('../../main/testing/fault-programs/hold-lock.ts', import.meta.url);
const PREFILLED_ROWS = 2_400_000;
/** More than the load of today keeps in the buffer for the hold time, about 3,000 rows. */
const DRAINED_ROWS = 10_000;

const bufferFile = (run: FaultRun): string => join(run.dataFolder, 'buffer', 'forward-buffer.sqlite');

fault(
  {
    number: 50,
    title: 'a database that another process locks for 15 s costs nothing: values wait in memory',
    injection: 'BEGIN EXCLUSIVE by a second process on the queue file of the running gateway, for 15 s',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    const holder = new Child(process.execPath, [LOCK_HOLDER.pathname, bufferFile(run)]);
    await holder.nextLine();
    await run.lasts(15_000);
    await holder.end('SIGKILL');
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 51,
    title: 'a second gateway on the data folder is refused by the pid of the first, and the first loses nothing',
    injection: 'the service started twice on one data folder; then the first killed and started again at once',
  },
  async (run) => {
    const { gateway, start } = await run.startGateway();
    const refused = await start().refusal();
    expect(refused).toMatchObject({ code: 'store-and-forward/folder-in-use', exitCode: 3 });
    expect(refused.error).toContain(`pid ${gateway.processId}`);
    await gateway.kill();
    const again = start();
    await again.untilLogged('engine runs');
    run.over();
    await run.settle(again);
  },
);

fault(
  {
    number: 53,
    title: 'a queue of 2.4 million rows is opened at once, held in bounded memory, and drained',
    injection: '2,400,000 rows of one real tag appended by a writer before the start of the gateway',
    limitS: 2_400,
  },
  async (run) => {
    const { gateway: first, start } = await run.startGateway();
    await first.stop();
    const metric = { deviceId: 'Filler', metricName: 'Status/DesignSpeed' };
    const folder = join(run.dataFolder, 'buffer');
    const options = { folder, limitBytes: 500_000_000, whenFull: 'drop-oldest', metric } as const;
    // The ramp of the writer goes on from the newest row id of the gateway.
    const writer = BufferWriter.start({ ...options, batchRows: 5_000, untilRow: PREFILLED_ROWS });
    expect(await writer.exited()).toBe(0);
    const startedMs = performance.now();
    const gateway = start();
    await gateway.untilLogged('engine runs');
    const readyMs = performance.now() - startedMs;
    const readPeakMb = (): number =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${gateway.processId}/status`, 'utf8'))?.[1]) / 1_024;
    run.note(`ready in ${(readyMs / 1_000).toFixed(1)} s`);
    const drainStartedMs = performance.now();
    await expect
      .poll(async () => (await readRowCount(run.dataFolder)) < DRAINED_ROWS, { timeout: 2_000_000, intervals: [5_000] })
      .toBe(true);
    const drainS = (performance.now() - drainStartedMs) / 1_000;
    run.note(`drained in ${drainS.toFixed(0)} s, ${Math.round(PREFILLED_ROWS / drainS)} rows/s`);
    run.note(`peak memory ${readPeakMb().toFixed(0)} MB`);
    const [row] = await query<{ rows: string; values: string }>(
      run.line.plant.historianUrl,
      `SELECT count(*) AS rows, count(DISTINCT value) AS values FROM telemetry
        WHERE metric_name = 'Status/DesignSpeed' AND time < '2026-01-06'`,
    );
    expect(Number(row?.rows), 'each prefilled row once').toBe(Number(row?.values));
    expect(Number(row?.rows)).toBeGreaterThan(PREFILLED_ROWS * 0.99);
    run.over();
    await run.settle(gateway);
  },
);

/** The gateway looks every 5 s which files lie at its path. */
const NOTICED_LIMIT_MS = 30_000;

for (const { what, takeAway } of [
  {
    what: 'the -shm file deleted',
    takeAway: (path: string) => rmSync(`${path}-shm`),
  },
  {
    what: 'the database and its log deleted',
    takeAway: (path: string) => ['', '-wal', '-shm'].forEach((suffix) => rmSync(path + suffix)),
  },
  {
    what: 'the database replaced by an older copy of itself',
    takeAway: (path: string) => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
    },
  },
]) {
  fault(
    {
      number: 47,
      title: `${what} under a running gateway is noticed, logged and costs nothing, also over a kill`,
      injection: `${what} while rows wait, the broker away; 3 s after it was noticed SIGKILL and a new start`,
    },
    async (run) => {
      const { gateway, start } = await run.startGateway();
      await run.line.broker.takeAway();
      await run.lasts(5_000);
      takeAway(bufferFile(run));
      const isNoticed = (): boolean => gateway.log.some(({ code }) => code === 'store-and-forward/file-carried-over');
      await expect.poll(isNoticed, { timeout: NOTICED_LIMIT_MS, intervals: [500] }).toBe(true);
      await run.lasts(3_000);
      await gateway.kill();
      const again = start();
      await again.untilLogged('engine runs');
      await run.line.broker.bringBack();
      run.over();
      await run.settle(again);
    },
  );
}
