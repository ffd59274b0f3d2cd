import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { BufferWriter, describeBuffer } from '../fixtures/buffer-programs.ts';
import { test } from '../fixtures/line.ts';
import { bufferFault, fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

/** 2,000 values a second: a queue of 1 MB is full in about 10 s. */
const RAMPS = 20;
const CHANGES_PER_S = 100;
test.use({ load: { ramps: RAMPS, changesPerS: CHANGES_PER_S } });

/** A multiple of the rows of a batch. */
const OFFERED_ROWS = 200_000;
const DROPS_LIMIT_MS = 60_000;

const withSmallQueue = (whenFull: string) => (siteText: string) =>
  siteText.replace(/maxMegabytes: \d+/, 'maxMegabytes: 1').replace(/whenFull: [\w-]+/, `whenFull: ${whenFull}`);

/** Waits until the ledger counts so many dropped values of ramps. */
async function untilDropped(run: FaultRun, atLeast: number): Promise<void> {
  const countDropped = async (): Promise<number> => (await run.weigh()).dropped;
  await expect.poll(countDropped, { timeout: DROPS_LIMIT_MS, intervals: [1_000] }).toBeGreaterThan(atLeast);
}

for (const whenFull of ['drop-oldest', 'drop-newest']) {
  fault(
    {
      number: 43,
      title: `a queue at its limit with ${whenFull} stays within it, counts every drop and sends the rest`,
      injection: `maxMegabytes 1, ${whenFull}, 2,000 values/s, the broker away until 5,000 values are dropped`,
    },
    async (run) => {
      const { gateway } = await run.startGateway({ change: withSmallQueue(whenFull) });
      await run.line.broker.takeAway();
      await untilDropped(run, 5_000);
      await run.line.broker.bringBack();
      run.over();
      // Sent, and not yet old enough to be confirmed, when the broker went; and the values that the new births carry.
      const { dropped, overcounted } = await run.settle(gateway, { mayOvercount: true });
      run.note(`${overcounted} of the dropped values had arrived`);
      expect(dropped).toBeGreaterThan(5_000);
      expect(overcounted).toBeLessThan(whenFull === 'drop-newest' ? RAMPS + 1 : 4 * RAMPS * CHANGES_PER_S);
      expect(statSync(join(run.dataFolder, 'buffer', 'forward-buffer.sqlite')).size).toBeLessThanOrEqual(1_000_000);
    },
  );
}

fault(
  {
    number: 39,
    title: 'a gateway that dies while it drops the oldest rows has dropped them and counted them, or neither',
    injection: 'maxMegabytes 1, the broker away, the process kills itself at the crash point mid-drop, three times',
  },
  async (run) => {
    const change = withSmallQueue('drop-oldest');
    const { gateway } = await run.startGateway({ change });
    await gateway.kill();
    await run.line.broker.takeAway();
    for (const nth of [1, 2, 9]) {
      const environment = { LINESIDE_CRASH_AT: `mid-drop:${nth}` };
      const crashing = await run.prepareGateway({ change, environment });
      expect(await crashing.start().exited()).toBeNull();
    }
    const { start } = await run.prepareGateway({ change });
    const last = start();
    await last.untilLogged('engine runs');
    await run.line.broker.bringBack();
    run.over();
    // The history of the time between pours in faster than what is sent comes of age, and pushes that out.
    const { dropped, overcounted } = await run.settle(last, { mayOvercount: true });
    run.note(`${overcounted} of the dropped values had arrived`);
    expect(dropped).toBeGreaterThan(0);
  },
);

for (const whenFull of ['drop-oldest', 'drop-newest'] as const) {
  bufferFault(
    {
      number: 43,
      title: `a buffer at its limit with ${whenFull} counts each dropped row exactly, and keeps the order`,
      injection: `the buffer alone, 2 MB, ${whenFull}: 200,000 rows appended and none confirmed`,
      isFast: true,
    },
    async (run) => {
      const options = { folder: run.folder, limitBytes: 2_000_000, whenFull };
      const writer = BufferWriter.start({ ...options, batchRows: 250, untilRow: OFFERED_ROWS });
      expect(await writer.exited()).toBe(0);
      const facts = await describeBuffer(options);
      run.expectConserved(facts, { acceptedRowId: writer.acceptedRowId, offeredRows: OFFERED_ROWS });
      expect(facts.stats.droppedCount).toBeGreaterThan(100_000);
      expect(statSync(join(run.folder, 'forward-buffer.sqlite')).size).toBeLessThanOrEqual(options.limitBytes);
      await run.record();
    },
  );
}
