import { expect } from 'playwright/test';
import { DiskShim } from '../fixtures/disk-shim.ts';
import type { Gateway } from '../fixtures/gateway.ts';
import { LoopDisk } from '../fixtures/loop-disk.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

const LOOP = { needs: ['mkfs.ext4', 'mount'], needsRoot: true } as const;
const MEGABYTES = 64;
const EIO = 5;
const EROFS = 30;

/** The data folder on a small disk of its own, which is given back in any case, even from under a gateway. */
async function onLoopDisk(run: FaultRun, body: (disk: LoopDisk) => Promise<void>): Promise<void> {
  const disk = await LoopDisk.make(run.dataFolder, { megabytes: MEGABYTES });
  try {
    await body(disk);
  } finally {
    await disk.remove();
  }
}

const hasLostServer = (gateway: Gateway): boolean =>
  gateway.log.some(({ stage, text }) => stage === 'opcua.line' && text === 'away');

/** Values that a reader sees in the buffer or that are in the database already. */
async function countAccepted(run: FaultRun): Promise<number> {
  const { queued, received } = await run.weigh();
  return queued + received;
}

fault(
  {
    number: 40,
    title: 'a power cut under a whole gateway loses no accepted value, three times in a row',
    injection: `data folder on a ${MEGABYTES} MB loop disk, the broker away: kill -9, the image copied without a sync, the copy mounted`,
    ...LOOP,
  },
  (run) =>
    onLoopDisk(run, async (disk) => {
      const { gateway, start } = await run.startGateway();
      await run.line.broker.takeAway();
      let alive = gateway;
      for (let cut = 0; cut < 3; cut++) {
        await run.lasts(run.random.int(1_500, 5_000));
        const before = await countAccepted(run);
        await alive.kill();
        await disk.cutPower();
        // Read before anything can fill a gap from the history of the server.
        expect(await countAccepted(run), 'what a reader had seen before the cut').toBeGreaterThanOrEqual(before);
        alive = start();
        await alive.untilLogged('engine runs');
      }
      await run.line.broker.bringBack();
      run.over();
      await run.settle(alive);
    }),
);

for (const { title, injection, fill } of [
  {
    title: 'a disk that is full at once costs what the ledger names, and is used again when there is room',
    injection: 'a filler file takes all of the loop disk at once, for 20 s, the broker away',
    fill: async (disk: LoopDisk, run: FaultRun): Promise<void> => {
      disk.fill();
      await run.lasts(20_000);
    },
  },
  {
    title: 'a disk that is filled slowly by another program costs what the ledger names',
    injection: 'a filler file grows by 2 MB every 500 ms until the loop disk is full, then for 10 s, the broker away',
    fill: async (disk: LoopDisk, run: FaultRun): Promise<void> => {
      while (disk.freeBytes > 64 * 1024) {
        disk.fill({ bytes: 2_000_000 });
        await run.lasts(500);
      }
      await run.lasts(10_000);
    },
  },
]) {
  fault({ number: 42, title, injection: `${injection} (data folder on a ${MEGABYTES} MB loop disk)`, ...LOOP }, (run) =>
    onLoopDisk(run, async (disk) => {
      const { gateway } = await run.startGateway();
      await run.line.broker.takeAway();
      await fill(disk, run);
      await disk.empty();
      await run.line.broker.bringBack();
      run.over();
      // Sent, and not yet old enough to be confirmed, when the broker went.
      const { dropped, produced } = await run.settle(gateway, { mayOvercount: true });
      const alarms = gateway.log.filter(({ code }) => code === 'store-and-forward/disk-full');
      expect(alarms[0]?.['text'], 'the log says it too').toContain('is full');
      run.note(`${dropped} values dropped`);
      expect(dropped, 'what the ballast holds is not dropped').toBeLessThan(produced / 2);
    }),
  );
}

for (const { word, errno } of [
  { word: 'read-only', errno: EROFS },
  { word: 'failing with I/O errors', errno: EIO },
]) {
  fault(
    {
      number: 48,
      title: `a disk that is ${word} for 10 s costs nothing: values wait in memory and are stored afterwards`,
      injection: `every write, truncation and flush below the data folder fails with errno ${errno} for 10 s (LD_PRELOAD)`,
      isFast: errno === EROFS,
      needs: ['gcc'],
    },
    async (run) => {
      const shim = new DiskShim(run.line.folder, run.dataFolder);
      const { gateway } = await run.startGateway({ environment: shim.environment });
      shim.set({ writeErrno: errno });
      await run.lasts(10_000);
      shim.set({});
      run.over();
      await run.settle(gateway);
    },
  );
}

fault(
  {
    number: 49,
    title: 'flushes that take 1 s make the batches grow and cost nothing',
    injection: 'every flush below the data folder takes 1 s for 20 s (LD_PRELOAD)',
    needs: ['gcc'],
  },
  async (run) => {
    const shim = new DiskShim(run.line.folder, run.dataFolder);
    const { gateway } = await run.startGateway({ environment: shim.environment });
    shim.set({ syncDelayMs: 1_000 });
    await run.lasts(20_000);
    expect(hasLostServer(gateway), 'the OPC UA session is kept').toBe(false);
    shim.set({});
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 49,
    title: 'a disk that hangs for 12 s costs nothing',
    injection: `fsfreeze of the ${MEGABYTES} MB loop disk with the data folder: every write blocks for 12 s`,
    ...LOOP,
    needs: [...LOOP.needs, 'fsfreeze'],
  },
  (run) =>
    onLoopDisk(run, async (disk) => {
      const { gateway } = await run.startGateway();
      await disk.freeze();
      await run.lasts(12_000);
      await disk.thaw();
      expect(hasLostServer(gateway), 'the OPC UA session is kept').toBe(false);
      run.over();
      await run.settle(gateway);
    }),
);
