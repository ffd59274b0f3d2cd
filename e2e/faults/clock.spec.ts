import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway } from '../fixtures/gateway.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

const LIBRARIES = '/usr/lib';

/** Debian keeps the library in a folder named after the processor. */
async function findFakeClock(): Promise<string> {
  for (const folder of await readdir(LIBRARIES)) {
    const files = await readdir(join(LIBRARIES, folder, 'faketime')).catch((): string[] => []);
    if (files.includes('libfaketimeMT.so.1')) return join(LIBRARIES, folder, 'faketime', 'libfaketimeMT.so.1');
  }
  throw new Error('the package faketime has no libfaketimeMT.so.1');
}

/** A gateway whose wall clock `jumpTo` moves; the clock that never steps stays as it is. */
async function startWithFakeClock(run: FaultRun): Promise<{ gateway: Gateway; jumpTo(offset: string): Promise<void> }> {
  const file = join(run.line.folder, 'faketime');
  const jumpTo = (offset: string): Promise<void> => writeFile(file, offset);
  await jumpTo('+0');
  const environment = {
    LD_PRELOAD: await findFakeClock(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const { gateway } = await run.startGateway({ environment });
  return { gateway, jumpTo };
}

for (const [words, offsets] of [
  ['an hour ahead and back', ['+1h', '+0']],
  ['an hour back and ahead', ['-1h', '+0']],
  ['ten years ahead and back', ['+10y', '+0']],
] as const) {
  fault(
    {
      number: 60,
      title: `the clock of the computer set ${words} costs nothing and breaks no connection`,
      injection: `libfaketime: wall clock ${offsets.join(', then ')}, 6 s each, with a broker outage after it`,
      needs: ['faketime'],
      limitS: 300,
    },
    async (run) => {
      const { gateway, jumpTo } = await startWithFakeClock(run);
      for (const offset of offsets) {
        await jumpTo(offset);
        await run.lasts(6_000);
      }
      // A session that is made after the jump: STATE must not look older than what was said before it.
      await run.line.broker.takeAway();
      await run.lasts(2_000);
      await run.line.broker.bringBack();
      run.over();
      await run.settle(gateway);
    },
  );
}

fault(
  {
    number: 60,
    title: 'a computer that sleeps for 20 s brings what happened meanwhile after it wakes',
    injection: 'SIGSTOP to the gateway, SIGCONT after 20 s',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    process.kill(gateway.processId, 'SIGSTOP');
    await run.lasts(20_000);
    process.kill(gateway.processId, 'SIGCONT');
    run.over();
    await run.settle(gateway);
  },
);
