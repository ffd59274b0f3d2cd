import { join } from 'node:path';
import { expect } from 'playwright/test';
import { type BufferOptions, BufferWriter, describeBuffer } from '../fixtures/buffer-programs.ts';
import { DiskShim } from '../fixtures/disk-shim.ts';
import { LoopDisk } from '../fixtures/loop-disk.ts';
import { type BufferRun, weighBuffer } from './buffer-run.ts';
import { bufferFault } from './fault.ts';

const NEEDS = { needs: ['mkfs.ext4', 'mount'], needsRoot: true } as const;
const CUT = 'kill -9, the image of the mounted ext4 disk copied without a sync, the copy mounted';
const ALONE = 'the buffer alone';

interface CutOptions {
  readonly cutCount: number;
  readonly limitBytes: number;
  readonly isPowerUnsafe?: boolean;
}

/** Cuts the power again and again at random moments of the same disk; `look` is told what each cut left. */
async function cutAgainAndAgain(
  run: BufferRun,
  { cutCount, limitBytes, isPowerUnsafe = false }: CutOptions,
  look: (found: Awaited<ReturnType<typeof describeBuffer>>, acceptedRowId: number) => void,
): Promise<void> {
  const disk = await LoopDisk.make(join(run.folder, 'disk'), { megabytes: 48 });
  const options: BufferOptions = { folder: join(disk.path, 'buffer'), limitBytes, whenFull: 'drop-oldest' };
  try {
    for (let cut = 0; cut < cutCount; cut++) {
      const batchRows = run.random.int(1, 120);
      const writer = BufferWriter.start({ ...options, batchRows, isPowerUnsafe });
      await writer.untilAccepted();
      await run.lasts(run.random.int(0, 700));
      await writer.kill();
      await disk.cutPower();
      look(await describeBuffer(options), writer.acceptedRowId);
    }
  } finally {
    await disk.remove();
  }
}

for (const { cutCount, isFast } of [
  { cutCount: 4, isFast: true },
  { cutCount: 30, isFast: false },
]) {
  bufferFault(
    {
      number: 40,
      title: `${cutCount} power cuts lose no row whose append had resolved`,
      injection: `${ALONE}: ${CUT}, ${cutCount} times at random moments`,
      isFast,
      ...NEEDS,
    },
    async (run) => {
      await cutAgainAndAgain(run, { cutCount, limitBytes: 16_000_000 }, (facts, acceptedRowId) => {
        run.expectConserved(facts, { acceptedRowId });
        expect(facts.stats.quarantine).toBeNull();
      });
      await run.record();
    },
  );
}

bufferFault(
  {
    number: 40,
    title: 'the same power cuts do lose rows of a writer that commits with synchronous=NORMAL, so the test can fail',
    injection: `${ALONE}, a writer of the test with synchronous=NORMAL: ${CUT}, up to 30 times`,
    ...NEEDS,
  },
  async (run) => {
    const lost: number[] = [];
    await cutAgainAndAgain(
      run,
      { cutCount: 12, limitBytes: 16_000_000, isPowerUnsafe: true },
      (facts, acceptedRowId) => {
        lost.push(weighBuffer(facts, { acceptedRowId }).unexplained);
      },
    );
    const cuts = lost.filter((count) => count > 0);
    run.note(`NORMAL lost rows in ${cuts.length} of ${lost.length} cuts, at most ${Math.max(...lost)}`);
    expect(cuts.length).toBeGreaterThan(0);
    await run.record();
  },
);

/** The process dies at one of the moments that a random kill hardly meets, and the power goes with it. */
async function cutAt(
  run: BufferRun,
  times: readonly number[],
  options: { readonly environmentOf: (nth: number, folder: string) => Readonly<Record<string, string>> },
): Promise<void> {
  const disk = await LoopDisk.make(join(run.folder, 'disk'), { megabytes: 48 });
  const buffer: BufferOptions = { folder: join(disk.path, 'buffer'), limitBytes: 2_000_000, whenFull: 'drop-oldest' };
  try {
    for (const nth of times) {
      const writer = BufferWriter.start({ ...buffer, batchRows: 97 }, options.environmentOf(nth, disk.path));
      expect(await writer.exited(), 'ended by the crash point').toBeNull();
      await disk.cutPower();
      run.expectConserved(await describeBuffer(buffer), { acceptedRowId: writer.acceptedRowId });
    }
  } finally {
    await disk.remove();
  }
  await run.record();
}

for (const { point, times } of [
  { point: 'before-commit', times: [1, 30, 300] },
  { point: 'after-commit', times: [1, 30, 300] },
  { point: 'mid-drop', times: [1, 2, 50, 51] },
]) {
  bufferFault(
    {
      number: 41,
      title: `a power cut at the crash point ${point} loses nothing that was accepted`,
      injection: `${ALONE} of 2 MB: the process kills itself at ${point}, the ${times.join(', ')} time, then ${CUT}`,
      ...NEEDS,
    },
    (run) => cutAt(run, times, { environmentOf: (nth) => ({ LINESIDE_CRASH_AT: `${point}:${nth}` }) }),
  );
}

bufferFault(
  {
    number: 41,
    title: 'a power cut in the middle of a checkpoint loses nothing that was accepted',
    injection: `${ALONE} of 2 MB: the process dies at a random write of SQLite into the database itself (LD_PRELOAD), then ${CUT}`,
    ...NEEDS,
    needs: [...NEEDS.needs, 'gcc'],
  },
  async (run) => {
    const times = Array.from({ length: 8 }, () => run.random.int(2, 3_000));
    run.note(`at the writes ${times.join(', ')}`);
    await cutAt(run, times, {
      environmentOf: (nth, folder) => {
        const shim = new DiskShim(run.folder, folder);
        shim.set({ killAtMainWrite: nth });
        return shim.environment;
      },
    });
  },
);
