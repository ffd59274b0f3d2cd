import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Reason } from '../../shared/domain/reason.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { COPIED_TABLES } from '../platform/table-home.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import type { ConfigurationCopy } from './copy-configuration.ts';
import { type Historian, openHistorian } from './open-historian.ts';

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let historian: Historian;
let admin: Client;

beforeAll(async () => {
  server = await startTestHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  historian = openHistorian({ url: server.url, maxConnections: 1, clock: systemClock, log: silentLog });
  await historian.migrate();
});

afterAll(async () => {
  await historian.close();
  await admin.end();
  await server.close();
});

const reasonOf = (reasonId: string, parentReasonId: string | null, change: Partial<Reason> = {}): Reason => ({
  reasonId,
  parentReasonId,
  names: { en: `The ${reasonId}`, de: 'anders' },
  timeClass: 'failure',
  isPlanned: false,
  retiredAtMs: null,
  ...change,
});

const copyOf = (edgeNode: string, machines: readonly string[], reasons: readonly Reason[] = []): ConfigurationCopy => ({
  lines: [{ lineId: `plant/${edgeNode}`, name: edgeNode, timeZone: 'Europe/Berlin', retiredAtMs: null }],
  machines: machines.map((name) => ({
    machineId: `plant/${edgeNode}/${name}`,
    lineId: `plant/${edgeNode}`,
    name,
    isBottleneck: name === 'Filler',
    retiredAtMs: null,
  })),
  reasons,
});

const readMachines = async (): Promise<unknown[]> => {
  const { rows } = await admin.query<unknown[]>({
    text: 'SELECT machine_id, name, is_bottleneck, retired_at FROM machine ORDER BY machine_id',
    rowMode: 'array',
  });
  return rows;
};

describe('the copy of the configuration', () => {
  it('holds lines, machines and reasons as the gateway says them, and is not written again when nothing differs', async () => {
    // A child before its parent in the order of ids: they come as one statement.
    const reasons = [reasonOf('z-root', null), reasonOf('a-leaf', 'z-root', { timeClass: 'setup', isPlanned: true })];
    const copy = copyOf('one', ['Filler', 'Capper'], reasons);
    expect(await historian.copyConfiguration(copy)).toBe(5);
    expect(await historian.copyConfiguration(copy)).toBe(0);
    expect(await readMachines()).toEqual([
      ['plant/one/Capper', 'Capper', false, null],
      ['plant/one/Filler', 'Filler', true, null],
    ]);
    const { rows } = await admin.query(
      'SELECT reason_id, parent_reason_id, name, time_class, is_planned, retired_at FROM reason ORDER BY reason_id',
    );
    expect(rows).toEqual([
      {
        reason_id: 'a-leaf',
        parent_reason_id: 'z-root',
        name: 'The a-leaf',
        time_class: 'setup',
        is_planned: true,
        retired_at: null,
      },
      {
        reason_id: 'z-root',
        parent_reason_id: null,
        name: 'The z-root',
        time_class: 'failure',
        is_planned: false,
        retired_at: null,
      },
    ]);
  });

  it('keeps what left with the time when it did, takes it back, and leaves the lines of other gateways alone', async () => {
    await historian.copyConfiguration(copyOf('one', ['Filler', 'Capper']));
    await historian.copyConfiguration(copyOf('two', ['Packer']));
    const copy = copyOf('one', ['Filler', 'Capper']);
    const retiredAtMs = Date.UTC(2026, 4, 1);
    const left = {
      ...copy,
      machines: copy.machines.map((machine) => ({
        ...machine,
        retiredAtMs: machine.name === 'Capper' ? retiredAtMs : null,
      })),
    };
    expect(await historian.copyConfiguration(left)).toBe(1);
    expect(await readMachines()).toEqual([
      ['plant/one/Capper', 'Capper', false, new Date(retiredAtMs)],
      ['plant/one/Filler', 'Filler', true, null],
      ['plant/two/Packer', 'Packer', false, null],
    ]);
    expect(await historian.copyConfiguration(copy)).toBe(1);
    expect(await readMachines()).toContainEqual(['plant/one/Capper', 'Capper', false, null]);
  });

  it('is whole or not at all: one machine of a line that is not there takes all of it back', async () => {
    const copy = copyOf('three', ['Filler']);
    const torn = { ...copy, machines: copy.machines.map((machine) => ({ ...machine, lineId: 'plant/nowhere' })) };
    await expect(historian.copyConfiguration(torn)).rejects.toMatchObject({ code: '23503' });
    const { rows } = await admin.query("SELECT 1 FROM line WHERE line_id = 'plant/three'");
    expect(rows).toEqual([]);
  });

  it.each(COPIED_TABLES)(
    'takes no other write into %s, also from the owner, and says where to change it',
    async (table) => {
      for (const sql of [`DELETE FROM ${table}`, `UPDATE ${table} SET name = 'x'`, `TRUNCATE ${table} CASCADE`]) {
        await expect(admin.query(sql)).rejects.toMatchObject({
          code: '55000',
          message: expect.stringContaining('lineside apply'),
        });
      }
    },
  );

  it('leaves nothing open for the rest of the transaction in which it is written', async () => {
    await admin.query('BEGIN');
    onTestFinished(async () => void (await admin.query('ROLLBACK')));
    await admin.query("SELECT copy_configuration('[]', '[]', '[]')");
    await expect(admin.query('DELETE FROM machine')).rejects.toMatchObject({ code: '55000' });
  });

  it('is written by a gateway that may only store rows, through the one function and in no other way', async () => {
    await historian.copyConfiguration(copyOf('one', ['Filler']));
    await admin.query('SET ROLE lineside_write');
    onTestFinished(async () => void (await admin.query('RESET ROLE')));
    const { rows } = await admin.query<{ table: string; may: boolean }>(
      `SELECT t AS table, has_table_privilege(t, 'INSERT') OR has_table_privilege(t, 'UPDATE')
         OR has_table_privilege(t, 'DELETE') OR has_table_privilege(t, 'TRUNCATE') AS may
       FROM unnest($1::text[]) AS t`,
      [COPIED_TABLES],
    );
    expect(rows).toEqual(COPIED_TABLES.map((table) => ({ table, may: false })));
    const line = JSON.stringify([{ line_id: 'plant/one', name: 'New name', time_zone: 'UTC', retired_at: null }]);
    const copied = await admin.query("SELECT copy_configuration($1::jsonb, '[]', '[]') AS changed", [line]);
    expect(copied.rows).toEqual([{ changed: '1' }]);
    await admin.query('SET ROLE lineside_read');
    await expect(admin.query("SELECT copy_configuration('[]', '[]', '[]')")).rejects.toMatchObject({ code: '42501' });
  });
});
