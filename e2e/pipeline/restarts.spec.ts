import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Gateway } from '../fixtures/gateway.ts';
import { expect, test } from '../fixtures/line.ts';
import { SessionEar } from '../fixtures/session-ear.ts';

const RESTARTS = 24;
/** In every fifth life the devices are born too, and send: their numbers go on. */
const LONG_LIFE_EVERY = 5;
const MESSAGES = 8;

test('24 restarts, by SIGKILL and by SIGTERM in turn: each session is one bdSeq above the last, and dies with its own', async ({
  line,
}) => {
  const ear = await SessionEar.listen(line.broker.url);
  line.own(() => ear.close());
  // Its primary host is elsewhere and always there, so that a life is short.
  await ear.sayHostOnline('lineside');
  const site = await readFile(line.plant.siteFile, 'utf8');
  const siteFile = join(line.folder, 'no-historian.yaml');
  await writeFile(siteFile, site.replace(/^historian:\n(?: .*\n)+/m, ''));
  // A start is half compiling; what is looked at here begins after it.
  const environment = { NODE_COMPILE_CACHE: join(line.folder, 'compiled') };
  for (let restart = 0; restart <= RESTARTS; restart++) {
    const gateway = Gateway.start(siteFile, join(line.folder, 'gateway'), { environment });
    await expect.poll(() => ear.sessions.length, { intervals: [25] }).toBe(restart + 1);
    const least = restart % LONG_LIFE_EVERY === 0 ? MESSAGES : 1;
    await expect.poll(() => ear.last?.seqs.length ?? 0, { intervals: [25] }).toBeGreaterThanOrEqual(least);
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
