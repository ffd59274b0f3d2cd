import { join } from 'node:path';
import { Gateway } from '../fixtures/gateway.ts';
import { expect, test } from '../fixtures/line.ts';
import { SessionEar } from '../fixtures/session-ear.ts';

const RESTARTS = 24;
/** Enough messages after the births to see that their numbers go on. */
const MESSAGES = 8;

/** Whole births of later sessions would be lost to a session that is taken over; see the take-over faults for that. */
test('24 restarts, by SIGKILL and by SIGTERM in turn: each session is one bdSeq above the last, and dies with its own', async ({
  line,
}) => {
  test.setTimeout(180_000);
  const ear = await SessionEar.listen(line.broker.url);
  line.own(() => ear.close());
  const dataFolder = join(line.folder, 'gateway');
  for (let restart = 0; restart <= RESTARTS; restart++) {
    const gateway = Gateway.start(line.plant.siteFile, dataFolder);
    await expect.poll(() => ear.sessions.length, { intervals: [25] }).toBe(restart + 1);
    await expect.poll(() => ear.last?.seqs.length ?? 0, { intervals: [25] }).toBeGreaterThanOrEqual(MESSAGES);
    if (restart % 2 === 0) await gateway.kill();
    else expect((await gateway.stop()).exitCode).toBe(0);
    await expect.poll(() => ear.last?.deathBdSeqs.length, { intervals: [25] }).toBe(1);
  }

  expect(ear.sessions).toHaveLength(RESTARTS + 1);
  const first = ear.sessions[0]?.birthBdSeq ?? Number.NaN;
  for (const [index, { birthBdSeq, deathBdSeqs, seqs }] of ear.sessions.entries()) {
    expect(birthBdSeq, `NBIRTH of session ${index}`).toBe((first + index) % 256);
    expect(deathBdSeqs, `NDEATH of session ${index}`).toEqual([birthBdSeq]);
    expect(seqs, `seq of session ${index}`).toEqual(seqs.map((_seq, place) => place % 256));
  }
  expect(ear.stray).toEqual([]);
});
