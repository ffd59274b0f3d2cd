import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteEditResult } from '../shared/domain/site-edit.ts';
import { recordSite } from './compose-configuration.ts';
import { SiteChanger } from './compose-site-change.ts';
import { SiteDesk } from './compose-site-desk.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { silentLog } from './platform/log.ts';
import { fakeClock } from './testing/fake-clock.ts';

const SITE = `site: { enterprise: Acme, site: S, area: A, line: L1, timeZone: Europe/Berlin }
sparkplug: { groupId: G, edgeNodeId: E }
brokers: [{ url: mqtt://127.0.0.1:1883 }]
opcuaServers: [{ id: plc, endpointUrl: opc.tcp://127.0.0.1:4840 }]
machines: [{ id: Filler, server: plc, tags: [{ node: nsu=urn:plc;s=A, metric: A, datatype: Double }] }]
# agreed with the works council
shifts:
  - { name: Early, days: [mon], from: '06:00', to: '14:00' }
`;
const CALENDAR = { exceptions: [], plannedWindows: [] };
const shift = (name: string, from: string, to: string) => ({ name, days: ['mon'], from, to, breaks: [] });
const EARLY = shift('Early', '06:00', '14:00');

describe('SiteDesk', () => {
  let folder: string;
  let siteFile: string;
  let desk: SiteDesk;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-site-desk-'));
    siteFile = join(folder, 'site.yaml');
    await writeFile(siteFile, SITE);
    recordSite(folder, await readSiteFile(siteFile), { who: 'start', atMs: 1, source: 'file' }, silentLog);
    const servers = { changes: [], opened: [], replaced: [], closedIds: [], all: [] };
    const plan = { changes: [], devices: [], tags: [], servers };
    const changer = new SiteChanger({
      siteFile,
      dataFolder: folder,
      takeover: {
        plan: () => plan,
        check: () => Promise.resolve(),
        take: () => Promise.resolve({ plan, refused: [], waitingServers: [] }),
        stop: () => undefined,
        restartFields: [],
      },
      countRows: () => Promise.resolve([]),
      countWaiting: () => 0,
      recordSite: (site, origin) => recordSite(folder, site, origin, silentLog),
      clock: fakeClock(),
      log: silentLog,
    });
    desk = new SiteDesk({ siteFile, dataFolder: folder, changeSite: (request) => changer.change(request) });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const applyShifts = (shifts: unknown[], baseRevision: number): Promise<SiteEditResult> =>
    desk.apply({ baseRevision, fields: { shifts, calendar: CALENDAR }, by: 'Ada' });

  it('plans without touching the file, then applies it as a revision of the window, and keeps its comments', async () => {
    const late = shift('Late', '14:00', '22:00');
    const edit = { baseRevision: 1, fields: { shifts: [EARLY, late], calendar: CALENDAR } };
    expect(await desk.plan(edit)).toMatchObject({ phase: 'planned' });
    expect(await readFile(siteFile, 'utf8')).toBe(SITE);
    expect(await desk.apply({ ...edit, by: 'Ada' })).toMatchObject({
      phase: 'applied',
      inForce: { revision: 2, changedBy: 'Ada', source: 'window' },
    });
    expect(desk.read()).toMatchObject({ line: 'L1', shifts: [EARLY, late] });
    expect(await readFile(siteFile, 'utf8')).toBe(`${SITE}  - { name: Late, days: [mon], from: 14:00, to: 22:00 }\n`);
  });

  it('refuses overlapping shifts and wrong times with the field of each, and writes nothing', async () => {
    const result = await applyShifts([EARLY, shift('Late', '13:00', '22:00'), shift('', '25:00', '06:00')], 1);
    expect(result).toMatchObject({ phase: 'refused' });
    const paths = result.phase === 'refused' ? result.faults.map(({ path }) => path) : [];
    expect(paths).toEqual(expect.arrayContaining(['shifts[2].name', 'shifts[2].from']));
    expect(await applyShifts([EARLY, shift('Late', '13:00', '22:00')], 1)).toMatchObject({
      phase: 'refused',
      faults: [{ path: 'shifts[1]', text: expect.stringContaining('"Late" overlaps "Early"') as string }],
    });
    expect(await readFile(siteFile, 'utf8')).toBe(SITE);
  });

  it('refuses an edit of an older revision and says what was changed meanwhile', async () => {
    await applyShifts([shift('Early', '05:00', '14:00')], 1);
    expect(await applyShifts([EARLY], 1)).toMatchObject({
      phase: 'outdated',
      inForce: { revision: 2, changedBy: 'Ada' },
      difference: { changed: ['shifts[Early].from'] },
    });
  });

  it('refuses to apply what somebody wrote into the file and did not apply', async () => {
    await writeFile(siteFile, SITE.replace('14:00', '15:00'));
    await expect(applyShifts([EARLY], 1)).rejects.toMatchObject({
      code: 'config/file-ahead',
      context: { names: ['shifts[Early].to'] },
    });
  });

  it('rolls back to an earlier site as a revision of its own, with the comments of the file', async () => {
    await applyShifts([shift('Early', '05:00', '14:00')], 1);
    expect(await desk.rollback({ baseRevision: 2, toRevision: 1, by: 'Grace' })).toMatchObject({
      phase: 'applied',
      inForce: { revision: 3, changedBy: 'Grace' },
    });
    expect(await readFile(siteFile, 'utf8')).toBe(SITE);
    expect(desk.revisions().map(({ revision }) => revision)).toEqual([3, 2, 1]);
  });
});
