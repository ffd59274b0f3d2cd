import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { BrokerEar } from '../fixtures/broker-ear.ts';
import type { Gateway } from '../fixtures/gateway.ts';
import { fault } from './fault.ts';

/** SIGTERM to the end, whatever waits. */
const STOP_LIMIT_MS = 5_000;
const PRLIMIT = { needs: ['prlimit'] } as const;

/** Changes a limit of a process that runs. */
const limit = (gateway: Gateway, word: string): void => {
  execFileSync('prlimit', ['--pid', String(gateway.processId), word]);
};

/** Processor time a process has used, in seconds; Linux counts hundredths. */
function processorS(gateway: Gateway): number {
  const fields = readFileSync(`/proc/${gateway.processId}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

fault(
  {
    number: 54,
    title: 'a gateway that gets no more memory dies, and the next one sends what it had accepted',
    injection: 'prlimit --as of the running gateway to what it has, until it ends by itself; then a new one, twice',
    ...PRLIMIT,
  },
  async (run) => {
    const { gateway, start } = await run.startGateway();
    let dying = gateway;
    for (let life = 0; life < 2; life++) {
      limit(dying, '--as=1:1');
      const exitCode = await dying.exited();
      expect(exitCode, 'it did not end in order').not.toBe(0);
      run.note(exitCode === null ? 'ended by a signal' : `ended with ${exitCode}`);
      dying = start();
      await dying.untilLogged('engine runs');
    }
    run.over();
    await run.settle(dying);
  },
);

fault(
  {
    number: 54,
    title: 'a gateway with a heap of 24 MB dies at its start or runs, and loses nothing either way',
    injection: '--max-old-space-size=24, three starts of at most 10 s; then one without',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    await gateway.kill();
    const small = await run.prepareGateway({ node: ['--max-old-space-size=24'] });
    for (let life = 0; life < 3; life++) {
      const dying = small.start();
      await Promise.race([dying.exited(), run.lasts(10_000)]);
      const exitCode = await dying.kill();
      run.note(exitCode === null ? 'ended by a signal' : `ended with ${exitCode}`);
    }
    const { start } = await run.prepareGateway();
    run.over();
    await run.settle(start());
  },
);

for (const { where, isBrokerBack } of [
  { where: 'while it drains the backlog', isBrokerBack: true },
  { where: 'with the broker away', isBrokerBack: false },
]) {
  fault(
    {
      number: 58,
      title: `SIGTERM ${where} ends it in order within 5 s; the next start sends the rest`,
      injection: `SIGTERM with more than 1,000 rows waiting, ${where}`,
    },
    async (run) => {
      const { gateway, start } = await run.startGateway();
      await run.line.broker.takeAway();
      await gateway.untilLogged('sampling is slowed');
      if (isBrokerBack) await run.line.broker.bringBack();
      const ear = isBrokerBack ? await BrokerEar.listen(run.line.broker.url) : undefined;
      if (ear !== undefined) await expect.poll(() => ear.count('NBIRTH'), { intervals: [50] }).toBeGreaterThan(0);
      const { exitCode, tookMs } = await gateway.stop();
      expect(exitCode).toBe(0);
      expect(tookMs).toBeLessThan(STOP_LIMIT_MS);
      run.note(`ended in ${(tookMs / 1_000).toFixed(1)} s`);
      if (ear !== undefined) await expect.poll(() => ear.count('NDEATH')).toBeGreaterThan(0);
      await ear?.close();
      if (!isBrokerBack) await run.line.broker.bringBack();
      run.over();
      await run.settle(start());
    },
  );
}

fault(
  {
    number: 59,
    title: 'a gateway that may open 64 files runs',
    injection: 'prlimit --nofile=64 around the service (the ulimit of the matrix)',
    ...PRLIMIT,
  },
  async (run) => {
    const { gateway } = await run.startGateway({ within: ['prlimit', '--nofile=64:64'] });
    await run.settle(gateway);
  },
);

fault(
  {
    number: 59,
    title: 'a gateway that may not open enough files is refused with the reason and exit code 70',
    injection: 'prlimit --nofile=32 around the service; then a start without it',
    ...PRLIMIT,
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    await gateway.kill();
    const poor = await run.prepareGateway({ within: ['prlimit', '--nofile=32:32'] });
    const { error, exitCode } = await poor.start().refusal();
    expect(error).toContain('EMFILE');
    expect(exitCode).toBe(70);
    const { start } = await run.prepareGateway();
    run.over();
    await run.settle(start());
  },
);

fault(
  {
    number: 59,
    title: 'a gateway that can open no more files keeps what it has, does not spin, and goes on when it can',
    injection: 'prlimit --nofile of the running gateway to what it has open; the broker restarted; 10 s later undone',
    ...PRLIMIT,
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    const openCount = readdirSync(join('/proc', String(gateway.processId), 'fd')).length;
    await run.line.broker.takeAway();
    // The broker's sockets are closed by now or will be: as many as that are taken away as well.
    limit(gateway, `--nofile=${Math.max(8, openCount - 8)}:4096`);
    await run.line.broker.bringBack();
    const usedS = processorS(gateway);
    await run.lasts(10_000);
    const share = (processorS(gateway) - usedS) / 10;
    run.note(`${Math.round(share * 100)} % of a processor while no file could be opened`);
    expect(share, 'it does not spin').toBeLessThan(0.6);
    expect(JSON.stringify(gateway.log).includes('EMFILE')).toBe(true);
    limit(gateway, '--nofile=4096:4096');
    run.over();
    await run.settle(gateway);
  },
);
