import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SiteChangeResult } from '../shared/domain/site-change.ts';
import { runApply } from './commands/run-apply.ts';
import { runStatus } from './commands/run-status.ts';
import { composeEngine } from './compose.ts';
import { openBufferReader } from './compose-queue.ts';
import type { Engine } from './engine/engine.ts';
import { Lifetime } from './platform/lifetime.ts';
import { silentLog } from './platform/log.ts';
import { type ChangingSite, startChangingSite, type TagSpec } from './testing/changing-site.ts';

const SERVICE = fileURLToPath(new URL('./service.ts', import.meta.url));

let plant: ChangingSite;
let lifetime: Lifetime;
beforeEach(async () => {
  lifetime = new Lifetime();
  plant = await startChangingSite();
  lifetime.own('plant', () => plant.close());
});
afterEach(() => lifetime.end());

const countOf = (what: string): number => plant.messages.filter((message) => message.what === what).length;
/** Live ones: what was stored before the session was born comes beside them, as history. */
const valuesOf = (device: string, metric: string): number[] =>
  plant.values
    .filter((heard) => heard.device === device && heard.metric === metric && !heard.isHistorical)
    .map(({ value }) => Number(value));

async function startGateway(machines: Readonly<Record<string, readonly TagSpec[]>>): Promise<Engine> {
  const site = await plant.write(machines);
  const { siteFile, dataFolder } = plant;
  const engine = await composeEngine({ site, siteFile, dataFolder, isDemo: false, log: silentLog, logFd: 2 });
  lifetime.own('engine', () => engine.stop());
  await engine.start();
  await plant.until(() => Object.keys(machines).every((machine) => valuesOf(machine, 'A').length > 5));
  await nextSnapshot(engine);
  return engine;
}

async function apply(...words: string[]): Promise<{ exitCode: number; result: SiteChangeResult }> {
  const printed: string[] = [];
  const exitCode = await runApply(['--data', plant.dataFolder, '--json', ...words], (text) => printed.push(text));
  return { exitCode, result: SiteChangeResult.parse(JSON.parse(printed.join(''))) };
}

const nextSnapshot = (engine: Engine): Promise<unknown> =>
  new Promise((resolve) => {
    const end = engine.onSnapshot((snapshot) => {
      end();
      resolve(snapshot);
    });
  });

async function readStatusText(): Promise<string> {
  const printed: string[] = [];
  await runStatus(['--data', plant.dataFolder], (text) => printed.push(text));
  return printed.join('\n');
}

/** Each value the one of before plus one. */
function expectNoGap(values: readonly number[]): void {
  const first = values[0] ?? 0;
  expect(values).toEqual(values.map((_value, index) => first + index));
}

/** Of all messages of the session: each the number after the one before, the births of the node at 0. */
function expectContiguousSeq(): void {
  const seqs = plant.messages.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
  expect(seqs).toEqual(seqs.map((_seq, index) => index % 256));
}

/** Everything that was ever stored is there, has arrived, or is set aside: nothing vanished. */
function expectConserved(): void {
  const reader = openBufferReader(plant.dataFolder);
  try {
    const { storedCount, rowCount, confirmedCount, deadLetterCount, droppedCount, damagedCount } = reader.facts();
    expect(droppedCount + damagedCount).toBe(0);
    expect(storedCount).toBe(rowCount + confirmedCount + deadLetterCount);
  } finally {
    reader.close();
  }
}

describe('a changed site file and a running gateway', () => {
  it('bears only the touched device anew, and the values of all others go on without a gap', async () => {
    const engine = await startGateway({ Filler: ['A', 'B'], Capper: ['A', 'B'] });
    const heardCount = plant.values.length;
    await plant.write({ Filler: ['A', 'D', 'E', 'F'], Capper: ['A', 'B'] });
    const planned = await apply('--dry-run');
    expect(planned).toMatchObject({
      exitCode: 0,
      result: { phase: 'planned', devices: [{ deviceId: 'Filler', message: 'DBIRTH', metricCount: 5 }] },
    });
    expect(engine.readSnapshot()?.mapping.metricCount).toBe(4);

    const applied = await apply();
    const { changes, devices } = planned.result;
    expect(applied).toMatchObject({ exitCode: 0, result: { phase: 'applied', changes, devices } });
    await plant.until(() => ['D', 'E', 'F'].every((metric) => valuesOf('Filler', metric).length > 0));
    const last = valuesOf('Capper', 'A').at(-1) ?? 0;
    await plant.until(() => (valuesOf('Capper', 'A').at(-1) ?? 0) > last + 20);

    expect([countOf('NBIRTH'), countOf('DBIRTH Filler'), countOf('DBIRTH Capper')]).toEqual([1, 2, 1]);
    expect(plant.messages.filter(({ what }) => what.includes('DEATH'))).toEqual([]);
    const birth = plant.messages.findLast(({ what }) => what === 'DBIRTH Filler');
    expect(birth?.metrics).toEqual(['Connection/Online', 'A', 'D', 'E', 'F']);
    expectContiguousSeq();
    for (const metric of ['A', 'B']) expectNoGap(valuesOf('Capper', metric));
    expectNoGap(valuesOf('Filler', 'A'));
    const later = plant.values.slice(heardCount + 10);
    expect(later.filter(({ metric, isHistorical }) => metric === '?' || isHistorical)).toEqual([]);
    const afterBirth = plant.messages.slice(plant.messages.lastIndexOf(birth!));
    expect(afterBirth.some(({ what, metrics }) => what.endsWith('Filler') && metrics.includes('B'))).toBe(false);

    await plant.until(() => engine.readSnapshot()?.mapping.metricCount === 6);
    // The file of the status follows the snapshot.
    let status = await readStatusText();
    while (!/mapping +ok +6 metrics/.test(status)) {
      await nextSnapshot(engine);
      status = await readStatusText();
    }
    expect(status).toMatch(/6 of 6 tags good/);
    expect(engine.readSnapshot()?.buffer).toMatchObject({ deadLetterCount: 0, droppedCount: 0 });
    expect(await apply()).toMatchObject({ exitCode: 0, result: { phase: 'unchanged' } });
    const journal = await readFile(join(plant.dataFolder, 'changes.jsonl'), 'utf8');
    expect(journal.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(journal)).toMatchObject({ by: { via: 'command' }, changes: applied.result.changes });
  });

  it('ends a machine that is removed, and bears one that is added, while the others notice nothing', async () => {
    await startGateway({ Filler: ['A'], Capper: ['A'] });
    await plant.write({ Filler: ['A'], Packer: ['A', 'B'] });
    expect(await apply()).toMatchObject({
      exitCode: 0,
      result: {
        devices: [
          { deviceId: 'Packer', message: 'DBIRTH', metricCount: 3 },
          { deviceId: 'Capper', message: 'DDEATH' },
        ],
      },
    });
    await plant.until(() => valuesOf('Packer', 'B').length > 5);
    expect([countOf('NBIRTH'), countOf('DDEATH Capper'), countOf('DBIRTH Packer'), countOf('DBIRTH Filler')]).toEqual([
      1, 1, 1, 1,
    ]);
    const death = plant.messages.findIndex(({ what }) => what === 'DDEATH Capper');
    const ofCapper = plant.messages.filter(({ what }) => what.endsWith('Capper'));
    expect(ofCapper.at(-1)?.what).toBe('DDEATH Capper');
    // The edge has said itself, before the death, that nothing is known from then on.
    const goodbye = plant.messages.slice(0, death).findLast(({ what }) => what === 'DDATA Capper');
    expect(goodbye?.metrics).toContain('Connection/Online');
    expectContiguousSeq();
    expectNoGap(valuesOf('Filler', 'A'));
    expectConserved();
  });

  it('sets aside, by name, what was stored of a tag that is gone or of another datatype when the broker is back', async () => {
    const engine = await startGateway({ Filler: ['A', 'B', 'C'], Capper: ['A'] });
    await plant.broker.kill();
    const waiting = async (metric: string): Promise<number> =>
      (await engine.queuePage({ search: `Filler/${metric}`, fromIndex: 0, maxRows: 1, filter: {} })).rowCount;
    const before = await waiting('B');
    while ((await waiting('B')) < before + 10) await nextSnapshot(engine);
    await plant.write({ Filler: ['A', { metric: 'C', datatype: 'Int32' }], Capper: ['A'] });
    expect(await apply()).toMatchObject({ exitCode: 0, result: { phase: 'applied', refused: [] } });
    const [heardCount, liveCount] = [plant.messages.length, valuesOf('Capper', 'A').length];
    await plant.broker.restart();
    await plant.greet();
    await plant.until(() => plant.messages.slice(heardCount).some(({ what }) => what === 'DDATA Capper'));
    const isDead = (): boolean => (engine.readSnapshot()?.buffer.deadLetterCount ?? 0) >= 20;
    await plant.until(() => isDead() && valuesOf('Capper', 'A').length >= liveCount + 10);
    // Set aside at the pace of history, so not all at once.
    while ((await waiting('B')) > 0) await nextSnapshot(engine);

    const after = plant.messages.slice(heardCount);
    expect(after.some(({ metrics }) => metrics.includes('B'))).toBe(false);
    expectNoGap(valuesOf('Capper', 'A').slice(liveCount));
    await engine.stop();
    expectConserved();
    const reader = openBufferReader(plant.dataFolder);
    const letters = reader.deadLetters();
    reader.close();
    expect(new Set(letters.map(({ metricName, reason }) => `${metricName}: ${reason}`))).toEqual(
      new Set([
        'B: Filler has no metric B any more: the site file does not name it',
        'C: Filler has C as Int32 now, and this row is of datatype Double',
      ]),
    );
  });

  it('sets aside what waited for a machine that was never reached, when that machine is removed', async () => {
    const start = async (): Promise<Engine> => {
      const site = await plant.write({ Filler: ['A'], Packer: [{ metric: 'X', node: 'Nowhere' }] });
      const { siteFile, dataFolder } = plant;
      const engine = await composeEngine({ site, siteFile, dataFolder, isDemo: false, log: silentLog, logFd: 2 });
      await engine.start();
      const heardCount = plant.messages.length;
      await plant.until(() => plant.messages.slice(heardCount).some(({ what }) => what === 'DDATA Filler'));
      return engine;
    };
    await (await start()).stop();
    // The second start stores that nothing was known of the machine, which waits for a birth of it.
    const engine = await start();
    lifetime.own('engine', () => engine.stop());
    const waiting = async (): Promise<number> =>
      (await engine.queuePage({ search: 'Packer/', fromIndex: 0, maxRows: 1, filter: {} })).rowCount;
    while ((await waiting()) === 0) await nextSnapshot(engine);
    await plant.write({ Filler: ['A'] });
    expect(await apply()).toMatchObject({ exitCode: 0, result: { phase: 'applied' } });
    while ((await waiting()) > 0) await nextSnapshot(engine);
    expect(countOf('NBIRTH')).toBe(2);
    expectConserved();
  });

  it('says what a server refuses and what needs a restart, and does all the rest', async () => {
    const engine = await startGateway({ Filler: ['A'], Capper: ['A'] });
    const tags = ['A', 'B', { metric: 'X', node: 'Nowhere' }];
    await plant.write({ Filler: tags, Capper: ['A'] }, { storeAndForward: { maxMegabytes: 5 } });
    const { exitCode, result } = await apply();
    expect(exitCode).toBe(1);
    expect(result.refused).toEqual([{ tagId: 'Filler.X', reason: 'BadNodeIdUnknown' }]);
    expect(result.changes).toContainEqual(
      expect.objectContaining({ kind: 'needs-restart', field: 'storeAndForward.maxMegabytes' }),
    );
    await plant.until(() => valuesOf('Filler', 'B').length > 0);
    await plant.until(() => engine.readSnapshot()?.mapping.metricCount === 4);
    expect(engine.readSnapshot()?.attention.map(({ code }) => code)).toContain('config/restart-needed');
    expect(countOf('NBIRTH')).toBe(1);
  });

  it('changes nothing when the file is not right, and takes another file only in place of its own', async () => {
    const engine = await startGateway({ Filler: ['A'], Capper: ['A'] });
    const text = await readFile(plant.siteFile, 'utf8');
    const other = join(plant.folder, 'other.yaml');
    await plant.write({ Filler: ['A', 'B'], Capper: ['A'] }, {}, other);
    await writeFile(join(plant.folder, 'broken.yaml'), text.replace('Double', 'Dubble'));
    await expect(apply('--site', join(plant.folder, 'missing.yaml'))).rejects.toMatchObject({
      code: 'config/unreadable',
    });
    await expect(apply('--site', join(plant.folder, 'broken.yaml'))).rejects.toMatchObject({
      code: 'config/invalid',
    });
    expect(await apply('--site', other, '--dry-run')).toMatchObject({ result: { phase: 'planned' } });
    expect(await readFile(plant.siteFile, 'utf8')).toBe(text);
    expect(engine.readSnapshot()?.mapping.metricCount).toBe(2);

    expect(await apply('--site', other)).toMatchObject({
      exitCode: 0,
      result: { phase: 'applied', siteFile: plant.siteFile },
    });
    expect(await readFile(plant.siteFile, 'utf8')).toBe(await readFile(other, 'utf8'));
    expect(countOf('DBIRTH Filler')).toBe(2);
  });

  it('come together by SIGHUP as well, and a file that is not right leaves the service as it is', async () => {
    await plant.write({ Filler: ['A'], Capper: ['A'] });
    const service = spawn(process.execPath, [SERVICE, '--config', plant.siteFile, '--data', plant.dataFolder]);
    lifetime.own('service', () => endService(service));
    const lines: string[] = [];
    const looks = new Set<() => void>();
    createInterface(service.stdout).on('line', (line) => {
      lines.push(line);
      for (const look of [...looks]) look();
    });
    const logged = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (lines.some((line) => line.includes(text))) resolve();
        };
        looks.add(look);
        look();
      });
    await plant.until(() => valuesOf('Capper', 'A').length > 0 && valuesOf('Filler', 'A').length > 0);
    await plant.write({ Filler: ['A', 'B'], Capper: ['A'] });
    service.kill('SIGHUP');
    await plant.until(() => valuesOf('Filler', 'B').length > 0);
    await logged('a changed site file was applied');
    await writeFile(plant.siteFile, 'machines: [');
    service.kill('SIGHUP');
    await logged('the site file was not applied');
    const seenCount = valuesOf('Filler', 'B').length;
    await plant.until(() => valuesOf('Filler', 'B').length > seenCount + 5);
    expect([countOf('NBIRTH'), countOf('DBIRTH Filler'), countOf('DBIRTH Capper')]).toEqual([1, 2, 1]);
  });
});

async function endService(service: ChildProcess): Promise<void> {
  const exited = once(service, 'exit');
  service.kill('SIGTERM');
  await exited;
}
