import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeEngine } from '../compose.ts';
import { recordSite } from '../compose-configuration.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { silentLog } from '../platform/log.ts';
import { osUserName } from '../platform/os-user.ts';
import { startChangingSite } from '../testing/changing-site.ts';
import { runApply } from './run-apply.ts';
import { runConfig } from './run-config.ts';

const LINE = (name: string, more = ''): string => `# of ${name}
site: { enterprise: Acme, site: North, area: A, line: ${name}, timeZone: Europe/Berlin }
sparkplug: { groupId: G, edgeNodeId: E }
brokers: [{ url: mqtt://127.0.0.1:1883, userName: u, passwordFile: secret }]
opcuaServers: [{ id: plc, endpointUrl: opc.tcp://127.0.0.1:4840 }]
machines:
  - { id: Filler, server: plc, tags: [{ node: nsu=urn:plc;s=A, metric: A, datatype: Double }] }
${more}`;
const CAPPER = '  - { id: Capper, server: plc, tags: [{ node: nsu=urn:plc;s=B, metric: B, datatype: Double }] }\n';

let lifetime: Lifetime;
let folder: string;
let siteFile: string;
let printed: string[];

/** Exit code and what was printed. */
async function run(...words: string[]): Promise<{ exitCode: number; text: string }> {
  printed = [];
  const exitCode = await runConfig(words, (text) => printed.push(text));
  return { exitCode, text: printed.join('\n') };
}

const json = async (...words: string[]): Promise<unknown> => JSON.parse((await run(...words, '--json')).text);

beforeEach(async () => {
  lifetime = new Lifetime();
  folder = await mkdtemp(join(tmpdir(), 'lineside-config-'));
  lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
  siteFile = join(folder, 'site.yaml');
});
afterEach(() => lifetime.end());

/** As gateways do that start with these files one after the other. */
async function record(...texts: string[]): Promise<void> {
  for (const [index, text] of texts.entries()) {
    await writeFile(siteFile, text);
    const origin = { who: 'anna', atMs: Date.UTC(2026, 0, 1 + index), source: 'file' } as const;
    recordSite(folder, await readSiteFile(siteFile), origin, silentLog);
  }
}

describe('lineside config, of a stopped gateway', () => {
  it('lists, shows and compares what was in force', async () => {
    await record(LINE('One'), LINE('Two', CAPPER));
    const { text } = await run('revisions', '--data', folder);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^ +2 {2}2026-01-02T00:00:00.000Z {2}file {5}[0-9a-f]{12} {2}anna$/),
      expect.stringMatching(/^ +1 {2}2026-01-01/),
    ]);
    expect((await run('diff', '1', '--data', folder)).text).toBe('+ machines[Capper]\n~ site.line');
    expect((await run('diff', '2', '1', '--data', folder)).text).toBe('~ site.line\n- machines[Capper]');
    const shown = join(folder, 'shown.yaml');
    await writeFile(shown, (await run('show', '1', '--data', folder)).text);
    await writeFile(siteFile, LINE('One'));
    expect(await readSiteFile(shown)).toEqual(await readSiteFile(siteFile));
    expect(await json('show', '--data', folder)).toMatchObject({
      revision: { revision: 2 },
      site: { site: { line: 'Two' } },
    });
  });

  it('rolls the site file back, keeps the one that was there, and records whose doing it is', async () => {
    await record(LINE('One'), LINE('Two', CAPPER));
    expect((await run('rollback', '1', '--data', folder, '--dry-run')).text).toBe('~ site.line\n- machines[Capper]');
    expect(await readFile(siteFile, 'utf8')).toBe(LINE('Two', CAPPER));

    const { exitCode, text } = await run('rollback', '1', '--data', folder, '--config', siteFile, '--by', 'bert');
    expect(exitCode).toBe(0);
    expect(text).toContain('no gateway runs: it starts with it, as revision 3');
    expect(await readFile(`${siteFile}.before-rollback`, 'utf8')).toBe(LINE('Two', CAPPER));
    expect(await json('revisions', '--data', folder, '--max', '1')).toMatchObject([
      { changedBy: 'bert', source: 'command' },
    ]);
    expect(await json('diff', '1', '3', '--data', folder)).toEqual({
      from: 1,
      to: 3,
      added: [],
      changed: [],
      removed: [],
    });
    // The next start finds nothing new in the file that the rollback has written.
    recordSite(folder, await readSiteFile(siteFile), { who: 'carl', atMs: 1, source: 'file' }, silentLog);
    expect(await json('revisions', '--data', folder, '--max', '1')).toMatchObject([{ revision: 3, changedBy: 'bert' }]);
  });

  it('refuses a revision that there is not, a folder without a gateway and words that mean nothing', async () => {
    await record(LINE('One'));
    const missing = run('rollback', '7', '--data', folder, '--config', siteFile);
    await expect(missing).rejects.toMatchObject({ code: 'config/no-revision' });
    await expect(run('revisions', '--data', join(folder, 'other'))).rejects.toMatchObject({ code: 'config/no-store' });
    for (const words of [
      ['frobnicate'],
      ['diff'],
      ['show', 'x'],
      ['people', 'fire'],
      ['reasons', 'fire'],
      ['rollback', '1'],
    ]) {
      await expect(run(...words, '--data', folder)).rejects.toMatchObject({ code: 'cli/usage' });
    }
  });

  it('enters people and retires them', async () => {
    await record(LINE('One'));
    const data = ['--data', folder];
    expect((await run('people', 'list', ...data)).text).toBe('nobody is entered');
    await run('people', 'add', ...data, '--id', 'anna', '--name', 'Anna Berg', '--role', 'engineer');
    expect((await run('people', 'list', ...data)).text).toMatch(/^anna +engineer {2}Anna Berg$/);
    expect((await run('people', 'retire', ...data, '--id', 'anna')).text).toMatch(/Anna Berg {2}retired 20/);
    const king = run('people', 'add', ...data, '--id', 'carl', '--name', 'Carl', '--role', 'king');
    await expect(king).rejects.toMatchObject({
      code: 'config/person-invalid',
      message: expect.stringContaining('role'),
    });
  });

  it('changes the tree of reasons, and carries it to another gateway as a file', async () => {
    await record(LINE('One'));
    const data = ['--data', folder];
    const names = ['--name', 'Label roll', '--name', 'de=Etikettenrolle'];
    await run('reasons', 'add', ...data, '--id', 'label', ...names, '--parent', 'change-over');
    await run('reasons', 'add', ...data, '--id', 'label', '--name', 'fr=Rouleau');
    await run('reasons', 'retire', ...data, '--id', 'jam');
    const { text } = await run('reasons', 'list', ...data);
    expect(text).toMatch(/^ {4}label +setup +planned +Label roll, de Etikettenrolle, fr Rouleau$/m);
    expect(text).toMatch(/^ {2}jam .*retired 20/m);

    const file = join(folder, 'reasons.json');
    await writeFile(file, (await run('reasons', 'export', ...data)).text);
    const other = join(folder, 'other');
    await mkdir(other);
    recordSite(other, await readSiteFile(siteFile), { who: 'anna', atMs: 1, source: 'file' }, silentLog);
    await run('reasons', 'import', '--data', other, '--file', file);
    expect(new Set((await json('reasons', 'list', '--data', other)) as unknown[])).toEqual(
      new Set(JSON.parse(await readFile(file, 'utf8')) as unknown[]),
    );
    await writeFile(file, '[{"reasonId":"x"}]');
    const refused = run('reasons', 'import', '--data', other, '--file', file);
    await expect(refused).rejects.toMatchObject({ code: 'config/reasons-unreadable' });
  });
});

it('records what a running gateway applies, and rolls it back while it runs', async () => {
  const plant = await startChangingSite();
  lifetime.own('plant', () => plant.close());
  const { dataFolder } = plant;
  const site = await plant.write({ Filler: ['A'], Capper: ['A'] });
  const engine = await composeEngine({
    site,
    siteFile: plant.siteFile,
    dataFolder,
    isDemo: false,
    log: silentLog,
    logFd: 2,
  });
  lifetime.own('engine', () => engine.stop());
  await engine.start();
  await plant.until(() => plant.messages.some(({ what }) => what === 'DBIRTH Capper'));

  await plant.write({ Filler: ['A', 'B'] });
  expect(await runApply(['--data', dataFolder, '--by', 'bert'], () => undefined)).toBe(0);
  await plant.until(() => plant.messages.some(({ what }) => what === 'DDEATH Capper'));
  const list = await json('revisions', '--data', dataFolder);
  expect(list).toMatchObject([
    { revision: 2, changedBy: 'bert', source: 'command' },
    { revision: 1, changedBy: osUserName(), source: 'file' },
  ]);
  expect((await run('diff', '1', '2', '--data', dataFolder)).text).toBe(
    '+ machines[Filler].tags[B]\n- machines[Capper]',
  );

  const bornCount = plant.messages.filter(({ what }) => what === 'DBIRTH Capper').length;
  const { exitCode, text } = await run('rollback', '1', '--data', dataFolder, '--config', plant.siteFile);
  expect({ exitCode, text }).toMatchObject({ exitCode: 0, text: expect.stringContaining('in force as revision 3') });
  await plant.until(() => plant.messages.filter(({ what }) => what === 'DBIRTH Capper').length > bornCount);
  expect(await readSiteFile(plant.siteFile)).toEqual(site);
  expect(await json('diff', '1', '3', '--data', dataFolder)).toMatchObject({ added: [], changed: [], removed: [] });
});
