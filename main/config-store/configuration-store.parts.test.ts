import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCanonicalJson } from './canonical-json.ts';
import { type ConfigurationStore, openConfigurationStore } from './configuration-store.ts';
import { changedSite, siteWith } from './site-fixture.ts';

const BY = { who: 'anna', atMs: 1_000, source: 'file' } as const;

let folder: string;
let file: string;
let opened: ConfigurationStore[];

function open(): ConfigurationStore {
  const store = openConfigurationStore(file);
  opened.push(store);
  return store;
}

/** What stands in the file, by another connection. */
function ask(sql: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

function change(sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-configuration-'));
  file = join(folder, 'configuration.sqlite');
  opened = [];
});
afterEach(() => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a site that is applied', () => {
  it('is a revision with who, when and from where, and stands in the tables of the plant', () => {
    const store = open();
    const applied = store.applySite(siteWith(['Filler', 'Capper']), BY);
    expect(applied).toMatchObject({ phase: 'applied', revision: 1 });
    expect(store.revisions({ maxCount: 9 })).toEqual([
      {
        revision: 1,
        changedBy: 'anna',
        changedAtMs: 1_000,
        source: 'file',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(store.readCopied()).toMatchObject({
      lines: [{ lineId: 'plant/edge', name: 'Line 1', timeZone: 'Europe/Berlin', retiredAtMs: null }],
      machines: [
        {
          machineId: 'plant/edge/Filler',
          lineId: 'plant/edge',
          name: 'Filler',
          isBottleneck: false,
          retiredAtMs: null,
        },
        {
          machineId: 'plant/edge/Capper',
          lineId: 'plant/edge',
          name: 'Capper',
          isBottleneck: false,
          retiredAtMs: null,
        },
      ],
    });
    expect(ask('SELECT name, days, starts, ends FROM shift_template')).toEqual([
      { name: 'Early', days: 'mon,tue', starts: '06:00', ends: '14:00' },
    ]);
    expect(ask('SELECT name, starts, ends FROM shift_break')).toEqual([
      { name: 'Lunch', starts: '10:00', ends: '10:30' },
    ]);
    expect(ask('SELECT enterprise, site, area, time_zone, revision FROM site')).toEqual([
      { enterprise: 'Acme', site: 'North', area: 'Filling', time_zone: 'Europe/Berlin', revision: 1 },
    ]);
  });

  it('makes no revision when it is in force already, whatever the order of its fields', () => {
    const store = open();
    const site = siteWith(['Filler']);
    store.applySite(site, BY);
    const reordered = Object.fromEntries(Object.entries(site).reverse()) as typeof site;
    expect(store.applySite(reordered, { ...BY, who: 'bert' })).toEqual({ phase: 'unchanged', revision: 1 });
    expect(store.revisions({ maxCount: 9 })).toHaveLength(1);
  });

  it('names what was added, changed and removed', () => {
    const store = open();
    store.applySite(siteWith(['Filler', 'Capper']), BY);
    const next = siteWith(['Filler', 'Packer'], { storeAndForward: { maxMegabytes: 7 }, shifts: [] });
    expect(store.applySite(next, BY)).toEqual({
      phase: 'applied',
      revision: 2,
      difference: {
        added: ['machines[Packer]'],
        changed: ['storeAndForward.maxMegabytes'],
        removed: ['machines[Capper]', 'shifts[Early]'],
      },
    });
  });

  it('keeps machines and lines that left, retired when they did, and takes them back', () => {
    const store = open();
    store.applySite(siteWith(['Filler', 'Capper']), BY);
    store.applySite(siteWith(['Filler']), { ...BY, atMs: 2_000 });
    const retired = () => store.readCopied().machines.map(({ machineId, retiredAtMs }) => [machineId, retiredAtMs]);
    expect(Object.fromEntries(retired())).toEqual({ 'plant/edge/Filler': null, 'plant/edge/Capper': 2_000 });
    store.applySite(siteWith(['Filler'], { sparkplug: { groupId: 'plant', edgeNodeId: 'other' } }), {
      ...BY,
      atMs: 3_000,
    });
    expect(Object.fromEntries(retired())).toEqual({
      'plant/edge/Filler': 3_000,
      'plant/edge/Capper': 2_000,
      'plant/other/Filler': null,
    });
    expect(store.readCopied().lines.map(({ lineId, retiredAtMs }) => [lineId, retiredAtMs])).toEqual([
      ['plant/edge', 3_000],
      ['plant/other', null],
    ]);
    store.applySite(siteWith(['Filler', 'Capper']), { ...BY, atMs: 4_000 });
    expect(Object.fromEntries(retired())).toMatchObject({ 'plant/edge/Filler': null, 'plant/edge/Capper': null });
  });

  it('can be read, compared and rolled back to, byte for byte', () => {
    const store = open();
    const first = siteWith(['Filler', 'Capper']);
    store.applySite(first, BY);
    store.applySite(siteWith(['Filler']), BY);
    const { site, document, sha256 } = store.readRevision(1);
    expect(document).toBe(toCanonicalJson(first));
    expect(store.compareRevisions(2, 1)).toEqual({ added: ['machines[Capper]'], changed: [], removed: [] });
    store.applySite(site, { ...BY, source: 'command' });
    expect(store.readRevision(3)).toMatchObject({ document, sha256, source: 'command' });
    expect(() => store.readRevision(4)).toThrow(expect.objectContaining({ code: 'config/no-revision' }));
    expect(store.revisions({ beforeRevision: 3, maxCount: 1 })).toMatchObject([{ revision: 2 }]);
  });

  it('is refused, and nothing recorded, when an address has a password in it', () => {
    const store = open();
    const historian = { url: 'postgres://lineside@db/lineside?password=hunter2' };
    expect(() => store.applySite(siteWith(['Filler'], { historian }), BY)).toThrow(
      expect.objectContaining({ code: 'config/secret-in-site', context: { fields: ['historian.url'] } }),
    );
    expect(store.revisions({ maxCount: 9 })).toEqual([]);
    expect(
      store.applySite(siteWith(['Filler'], { historian: { url: 'postgres://lineside@db/l?sslmode=require' } }), BY),
    ).toMatchObject({ phase: 'applied' });
  });
});

describe('the file', () => {
  it('belongs to its owner alone, and its log too', () => {
    open().applySite(siteWith(['Filler']), BY);
    for (const path of [file, `${file}-wal`]) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is refused with a sentence when a newer version wrote it, when it is damaged and when it is another one', () => {
    open().close();
    change('PRAGMA user_version = 99');
    expect(open).toThrow(
      expect.objectContaining({ code: 'config/store-newer', message: expect.stringContaining('99') }),
    );
    change('PRAGMA user_version = 1; PRAGMA application_id = 7');
    expect(open).toThrow(expect.objectContaining({ code: 'config/store-damaged' }));
    file = join(folder, 'text');
    rmSync(file, { force: true });
    change('CREATE TABLE other (a)');
    expect(open).toThrow(expect.objectContaining({ code: 'config/store-damaged' }));
  });

  it('is refused when a table of another store was put into it', () => {
    open().close();
    change('CREATE TABLE telemetry (a)');
    expect(open).toThrow(expect.objectContaining({ code: 'config/wrong-home' }));
  });

  it('tells another connection that it was changed', () => {
    const [one, other] = [open(), open()];
    const before = one.changeMark();
    expect(one.changeMark()).toBe(before);
    other.addPerson({ personId: 'anna', name: 'Anna', role: 'operator' });
    expect(one.changeMark()).not.toBe(before);
  });

  /** Runs until it is killed; the revisions that it said were made. */
  async function runUntilKilled(crashAt: string): Promise<number[]> {
    const script = fileURLToPath(new URL('./apply-until-killed.ts', import.meta.url));
    const child = spawn(process.execPath, [script, file], { env: { ...process.env, LINESIDE_CRASH_AT: crashAt } });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGKILL');
    return said.trim().split('\n').filter(Boolean).map(Number);
  }

  it.each([1, 4])('holds the site of before, whole, when the process dies in the middle of change %i', async (nth) => {
    expect(await runUntilKilled(`mid-site-revision:${nth}`)).toHaveLength(nth - 1);
    const store = open();
    expect(store.revisions({ maxCount: 99 })).toHaveLength(nth - 1);
    const inForce = store.readCopied().machines.filter(({ retiredAtMs }) => retiredAtMs === null);
    const wanted = nth === 1 ? [] : changedSite(nth - 1).machines.map(({ id }) => id);
    expect(inForce.map(({ name }) => name)).toEqual(wanted);
    expect(store.applySite(changedSite(nth), BY)).toMatchObject({ phase: 'applied', revision: nth });
  });

  it('is made anew, with all its reasons, when the process dies while its tables are made', async () => {
    expect(await runUntilKilled('mid-migration')).toEqual([]);
    expect(open().reasons().length).toBeGreaterThan(20);
  });
});
