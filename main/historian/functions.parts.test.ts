import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
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

const addEvent = (machineId: string, type: string, from: string, to: string | null): Promise<unknown> =>
  admin.query('INSERT INTO events (machine_id, event_type, ts_start, ts_end) VALUES ($1, $2, $3, $4)', [
    machineId,
    type,
    from,
    to,
  ]);

describe('calculate_availability', () => {
  const ask = async (machineId: string, from: string, to: string): Promise<unknown> => {
    const { rows } = await admin.query<{ share: string | null }>('SELECT calculate_availability($1, $2, $3) AS share', [
      machineId,
      from,
      to,
    ]);
    return rows[0]?.share;
  };

  it('counts overlapping downtime once, cuts it to the window, and takes one that lasts to its end', async () => {
    await addEvent('a', 'fault', '2026-01-01T06:00Z', '2026-01-01T12:00Z');
    await addEvent('a', 'downtime', '2026-01-01T10:00Z', '2026-01-01T14:24Z');
    await addEvent('a', 'changeover', '2026-01-01T15:00Z', '2026-01-01T16:00Z');
    await addEvent('a', 'fault', '2026-01-01T23:00Z', null);
    expect(await ask('a', '2026-01-01', '2026-01-02')).toBe('60.83');
    expect(await ask('a', '2026-01-01T07:00Z', '2026-01-01T08:00Z')).toBe('0.00');
    expect(await ask('a', '2026-01-01T23:30Z', '2026-01-01T23:31Z')).toBe('0.00');
  });

  it('is 100 only of a machine that was heard of, and nothing of an empty window', async () => {
    await admin.query(
      `INSERT INTO telemetry (time, machine_id, metric_name) VALUES ('2026-02-01T06:00Z', 'b', 'Total')`,
    );
    expect(await ask('b', '2026-02-01', '2026-02-02')).toBe('100.00');
    expect(await ask('b', '2026-03-01', '2026-03-02')).toBeNull();
    expect(await ask('nobody', '2026-02-01', '2026-02-02')).toBeNull();
    expect(await ask('a', '2026-01-01', '2026-01-01')).toBeNull();
  });
});

describe('get_machine_status', () => {
  const ask = async (machineId: string): Promise<unknown> => {
    const { rows } = await admin.query('SELECT status, active_events::int FROM get_machine_status($1)', [machineId]);
    return rows[0];
  };
  const hear = (machineId: string, ago: string, quality = 192): Promise<unknown> =>
    admin.query(
      `INSERT INTO telemetry (time, machine_id, metric_name, quality) VALUES (now() - $2::interval, $1, 'Total', $3)`,
      [machineId, ago, quality],
    );

  it('tells up, down, stale and unknown apart', async () => {
    await hear('up', '10 seconds');
    await addEvent('up', 'changeover', '2026-01-01', null);
    await hear('down', '10 seconds');
    await addEvent('down', 'fault', '2026-01-01', null);
    await hear('silent', '6 minutes');
    await hear('gone', '10 seconds', 500);
    expect(await ask('up')).toEqual({ status: 'up', active_events: 1 });
    expect(await ask('down')).toEqual({ status: 'down', active_events: 1 });
    expect(await ask('silent')).toEqual({ status: 'stale', active_events: 0 });
    expect(await ask('gone')).toEqual({ status: 'stale', active_events: 0 });
    expect(await ask('nobody')).toEqual({ status: 'unknown', active_events: 0 });
  });
});

describe('tables of the line', () => {
  it('refuse two shifts of one line at the same time, and take the next one', async () => {
    const line = { lineId: 'l', name: 'Line', timeZone: 'Europe/Berlin', retiredAtMs: null };
    await historian.copyConfiguration({ lines: [line], machines: [], reasons: [] });
    const add = (from: string, to: string): Promise<unknown> =>
      admin.query(
        `INSERT INTO shift_instance (line_id, name, production_day, starts_at, ends_at) VALUES ('l', 'Early', '2026-01-05', $1, $2)`,
        [from, to],
      );
    await add('2026-01-05T05:00Z', '2026-01-05T13:00Z');
    await add('2026-01-05T13:00Z', '2026-01-05T21:00Z');
    await expect(add('2026-01-05T12:59Z', '2026-01-05T20:00Z')).rejects.toThrow('overlaps shift Early');
  });

  it('take an event once, however often it is written', async () => {
    await addEvent('once', 'fault', '2026-01-01', null);
    await expect(addEvent('once', 'fault', '2026-01-01', null)).rejects.toMatchObject({ code: '23505' });
  });
});
