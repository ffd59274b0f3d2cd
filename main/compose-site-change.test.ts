import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LossEntry } from '../shared/domain/listings.ts';
import type { SiteChange } from '../shared/domain/site-change.ts';
import { SiteChanger } from './compose-site-change.ts';
import { EngineError } from './platform/engine-error.ts';
import { silentLog } from './platform/log.ts';
import { fakeClock } from './testing/fake-clock.ts';

const siteText = (line: string, passwordFile?: string): string => `
site: { enterprise: Acme, site: S, area: A, line: ${line}, timeZone: Europe/Berlin }
sparkplug: { groupId: G, edgeNodeId: E }
brokers: [{ url: mqtt://127.0.0.1:1883${passwordFile === undefined ? '' : `, userName: u, passwordFile: ${passwordFile}`} }]
opcuaServers: [{ id: plc, endpointUrl: opc.tcp://127.0.0.1:4840 }]
machines: [{ id: Filler, server: plc, tags: [{ node: nsu=urn:plc;s=A, metric: A, datatype: Double }] }]
`;

const REMOVED: SiteChange[] = [
  { kind: 'tag-removed', machineId: 'Filler', metricName: 'B' },
  { kind: 'tag-changed', machineId: 'Filler', metricName: 'C', fields: ['datatype'], isReborn: true },
  { kind: 'tag-changed', machineId: 'Filler', metricName: 'D', fields: ['deadband'], isReborn: false },
  { kind: 'machine-removed', machineId: 'Capper', tagCount: 2 },
];
const BY = { user: 'operator', uid: 7, via: 'command' } as const;

const loss = (deviceId: string, metricName: string, droppedCount: number): LossEntry => ({
  deviceId,
  metricName,
  droppedCount,
  firstTimestampMs: 1,
  lastTimestampMs: 2,
  reason: 'purged',
});

describe('applying a site file', () => {
  let folder: string;
  let siteFile: string;
  let changes: SiteChange[];
  let taken: string[];
  let changer: SiteChanger;
  let waitingCount: number;
  let recorded: unknown[];
  let check: () => Promise<void>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-site-change-'));
    await mkdir(join(folder, 'elsewhere'));
    siteFile = join(folder, 'site.yaml');
    await writeFile(siteFile, siteText('L1'));
    changes = REMOVED;
    taken = [];
    waitingCount = 1_000;
    recorded = [];
    check = () => Promise.resolve();
    const servers = { changes: [], opened: [], replaced: [], closedIds: [], all: [] };
    const plan = () => ({ changes, devices: [], tags: [], servers });
    changer = new SiteChanger({
      siteFile,
      dataFolder: folder,
      takeover: {
        plan,
        check: () => check(),
        take: ({ site }) => {
          taken.push(site.line);
          return Promise.resolve({ plan: plan(), refused: [], waitingServers: [] });
        },
        stop: () => undefined,
        restartFields: [],
      },
      countRows: (deviceId) => Promise.resolve(['A', 'B', 'C', 'D'].map((name) => loss(deviceId, name, 10))),
      countWaiting: () => waitingCount,
      recordSite: ({ site }, { who, source }) => void recorded.push([site.line, who, source]),
      clock: fakeClock(),
      log: silentLog,
    });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('counts the rows in the buffer of what goes, and writes down who did it', async () => {
    const result = await changer.change({ isDryRun: false, by: BY });
    expect(result).toMatchObject({ phase: 'applied', siteFile, leavingRowCount: 60 });
    const lines = (await readFile(join(folder, 'changes.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ by: BY, siteFile, changes: REMOVED }]);
    expect(recorded).toEqual([['L1', 'operator', 'command']]);
  });

  it('counts no rows that are sent already', async () => {
    waitingCount = 0;
    expect(await changer.change({ isDryRun: true, by: BY })).toMatchObject({ leavingRowCount: 0 });
  });

  it('neither changes nor writes anything for a dry run, or when nothing differs', async () => {
    expect(await changer.change({ isDryRun: true, by: BY })).toMatchObject({ phase: 'planned' });
    expect(recorded).toEqual([]);
    changes = [];
    expect(await changer.change({ isDryRun: false, by: BY })).toMatchObject({ phase: 'unchanged' });
    expect(taken).toEqual([]);
    await expect(readFile(join(folder, 'changes.jsonl'))).rejects.toThrow();
  });

  it('leaves file and gateway as they are when a new server names a password file that is not there', async () => {
    check = () => Promise.reject(new EngineError('config/file-missing', 'the password cannot be read'));
    const other = join(folder, 'other.yaml');
    await writeFile(other, siteText('L2'));
    await expect(changer.change({ siteFile: other, isDryRun: false, by: BY })).rejects.toMatchObject({
      code: 'config/file-missing',
    });
    expect(taken).toEqual([]);
    expect(await readFile(siteFile, 'utf8')).toBe(siteText('L1'));
  });

  it('records a file that is back at what runs, after one that needed a restart', async () => {
    changes = [];
    await changer.change({ isDryRun: false, by: { user: 'SIGHUP', via: 'signal' } });
    expect(recorded).toEqual([['L1', 'SIGHUP', 'file']]);
  });

  it('puts another file in the place of its own before it is taken over, through a link', async () => {
    const target = join(folder, 'elsewhere', 'real.yaml');
    await rm(siteFile);
    await writeFile(target, siteText('L1'), { mode: 0o640 });
    await symlink(target, siteFile);
    const other = join(folder, 'other.yaml');
    await writeFile(other, siteText('L2', 'secret'));
    await changer.change({ siteFile: other, isDryRun: false, by: BY });
    expect(taken).toEqual(['L2']);
    expect(await readFile(target, 'utf8')).toBe(siteText('L2', 'secret'));
    expect((await lstat(siteFile)).isSymbolicLink()).toBe(true);
    expect((await lstat(target)).mode & 0o777).toBe(0o640);
  });

  it('refuses a file of another folder whose relative paths would mean other files', async () => {
    const other = join(folder, 'elsewhere', 'other.yaml');
    await writeFile(other, siteText('L2', 'secret'));
    const refused = changer.change({ siteFile: other, isDryRun: false, by: BY });
    await expect(refused).rejects.toMatchObject({ code: 'config/relative-files', context: { relative: ['secret'] } });
    await writeFile(other, siteText('L2', '/etc/secret'));
    await changer.change({ siteFile: other, isDryRun: false, by: BY });
    expect(taken).toEqual(['L2']);
  });
});
