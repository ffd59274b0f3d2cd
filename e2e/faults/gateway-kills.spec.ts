import { expect } from 'playwright/test';
import { untilStored } from '../fixtures/ramps.ts';
import { readRamps } from '../fixtures/telemetry.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

/** So many kills between two looks at what is in the database. */
const LOOK_EVERY = 50;
const LOOK_LIMIT_MS = 60_000;

/** Values below the newest one that are in no row, over all ramps; late rows may still fill them. */
async function untilNoHoles({ line }: FaultRun): Promise<void> {
  await untilStored(line.plant, LOOK_LIMIT_MS);
  const countHoles = async (): Promise<number> =>
    Object.values(await readRamps(line.plant.historianUrl)).reduce((sum, { missing }) => sum + missing.length, 0);
  await expect.poll(countHoles, { message: 'holes in the ramps', timeout: LOOK_LIMIT_MS }).toBe(0);
}

for (const { killCount, isFast } of [
  { killCount: 10, isFast: true },
  { killCount: 200, isFast: false },
]) {
  fault(
    {
      number: 39,
      title: `a gateway killed ${killCount} times at random moments loses nothing and stores nothing twice`,
      injection: `SIGKILL ${killCount} times, 0.2 to 3.5 s after its start; the broker gone in a fifth of the lives`,
      isFast,
      limitS: 1_800,
    },
    async (run) => {
      const { gateway, start } = await run.startGateway();
      await gateway.kill();
      const livesMs: number[] = [];
      for (let kill = 1; kill < killCount; kill++) {
        const isBrokerAway = run.random.next() < 0.2;
        if (isBrokerAway) await run.line.broker.takeAway();
        const alive = start();
        livesMs.push(run.random.int(200, 3_500));
        await run.lasts(livesMs.at(-1) ?? 0);
        if (isBrokerAway) await run.line.broker.bringBack();
        if (kill % LOOK_EVERY === 0) await untilNoHoles(run);
        await alive.kill();
      }
      run.note(`${killCount} kills`);
      const last = start();
      run.over();
      await run.settle(last);
    },
  );
}

for (const { point, times } of [
  { point: 'before-commit', times: [1, 7, 40] },
  { point: 'after-commit', times: [1, 7, 40] },
  { point: 'before-publish', times: [1, 5, 60] },
  { point: 'after-barrier', times: [1, 5] },
]) {
  fault(
    {
      number: 39,
      title: `a gateway that dies ${point.replace('-', ' ')} loses nothing and stores nothing twice`,
      injection: `the process kills itself at the crash point ${point}, the ${times.join(', ')} time of its life`,
    },
    async (run) => {
      const { gateway } = await run.startGateway();
      await gateway.kill();
      for (const nth of times) {
        const crashing = await run.prepareGateway({ environment: { LINESIDE_CRASH_AT: `${point}:${nth}` } });
        expect(await crashing.start().exited()).toBeNull();
      }
      const { start } = await run.prepareGateway();
      run.over();
      await run.settle(start());
    },
  );
}
