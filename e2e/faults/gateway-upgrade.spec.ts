import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'playwright/test';
import type { Gateway } from '../fixtures/gateway.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

const AGER = new URL('../../main/testing/fault-programs/age-buffer.ts', import.meta.url);
/** How long the broker is away, so that rows wait in the file. */
const QUEUES_FOR_MS = 8_000;
const FIRST_VERSION = 1;
const FUTURE_VERSION = 99;

/** Turns the file of the gateway that was killed into one of the version; the version that it had. */
async function ageBuffer(run: FaultRun, version: number): Promise<number> {
  const words = [AGER.pathname, join(run.dataFolder, 'buffer', 'forward-buffer.sqlite'), String(version)];
  return Number((await promisify(execFile)(process.execPath, words)).stdout);
}

/** A gateway with a full queue is killed, the broker is away. */
async function killWithQueue(run: FaultRun): Promise<() => Gateway> {
  const { gateway, start } = await run.startGateway();
  await run.line.broker.takeAway();
  await run.lasts(QUEUES_FOR_MS);
  await gateway.kill();
  expect((await run.weigh()).queued, 'rows wait in the file').toBeGreaterThan(500);
  return start;
}

fault(
  {
    number: 52,
    title: 'a queue of the first version is brought up whole, also when the first try dies in the middle',
    injection:
      'the full queue of a killed gateway rewritten as version 1; the process kills itself at the crash point mid-migration; the next start',
  },
  async (run) => {
    const start = await killWithQueue(run);
    const version = await ageBuffer(run, FIRST_VERSION);
    if (version > FIRST_VERSION) {
      const crashing = await run.prepareGateway({ environment: { LINESIDE_CRASH_AT: 'mid-migration' } });
      expect(await crashing.start().exited()).toBeNull();
      run.note(`from version ${FIRST_VERSION} to ${version}, the second time whole`);
    } else run.note('there is no later version yet, so there is no migration that could die');
    const again = start();
    await again.untilLogged('engine runs');
    await run.line.broker.bringBack();
    run.over();
    await run.settle(again);
  },
);

fault(
  {
    number: 52,
    title: 'a queue of a newer version is refused and left as it is; its own version sends it',
    injection: 'user_version 99 in the full queue of a killed gateway, a start; then its own version again',
  },
  async (run) => {
    const start = await killWithQueue(run);
    const version = await ageBuffer(run, FUTURE_VERSION);
    const refused = await start().refusal();
    expect(refused).toMatchObject({ code: 'store-and-forward/file-newer', exitCode: 1 });
    await ageBuffer(run, version);
    const again = start();
    await again.untilLogged('engine runs');
    await run.line.broker.bringBack();
    run.over();
    await run.settle(again);
  },
);
