import { describe, expect, it } from 'vitest';
import { counterRuleOf, toMachineRules } from '../oee/machine-rules.ts';
import { plannedStretchesIn, runningShift, shiftsIn } from '../oee/shift-calendar.ts';
import { SiteConfig } from './site.ts';

const tag = (metric: string, role: string, more: object = {}) => ({
  node: `nsu=urn:x;s=${metric}`,
  metric,
  role,
  datatype: 'UInt32',
  ...more,
});
const site = (machine: object = {}, more: object = {}) => ({
  site: { enterprise: 'E', site: 'S', area: 'A', line: 'L', timeZone: 'Europe/Berlin' },
  sparkplug: { groupId: 'plant', edgeNodeId: 'edge' },
  brokers: [{ url: 'mqtt://127.0.0.1:1883' }],
  opcuaServers: [{ id: 'plc', endpointUrl: 'opc.tcp://127.0.0.1:4840' }],
  machines: [
    {
      id: 'Filler',
      server: 'plc',
      tags: [tag('State', 'state', { datatype: 'String' }), tag('Total', 'total')],
      ...machine,
    },
  ],
  ...more,
});
const shift = (name: string, from: string, to: string, days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) => ({
  name,
  from,
  to,
  days,
});
const faults = (text: object): string[] => {
  const parsed = SiteConfig.safeParse(text);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('the site file of OEE', () => {
  it('needs nothing: a file without it is as valid as before, also with a long micro-stop', () => {
    expect(faults(site({ microStopS: 600 }))).toEqual([]);
  });

  it('K6: refuses shifts that overlap, by name, also over the end of the week', () => {
    const shifts = [shift('Early', '06:00', '14:00'), shift('Late', '13:30', '22:00')];
    expect(faults(site({}, { shifts }))).toEqual([
      'shifts.1: shift "Late" overlaps "Early": an instant belongs to one shift only; change their times or days',
    ]);
    const week = [shift('Sunday night', '22:00', '06:00', ['sun']), shift('Monday', '05:00', '13:00', ['mon'])];
    expect(faults(site({}, { shifts: week }))).toHaveLength(1);
    const round = [shift('Early', '06:00', '14:00'), shift('Late', '14:00', '22:00'), shift('Night', '22:00', '06:00')];
    expect(faults(site({}, { shifts: round }))).toEqual([]);
  });

  it.each([
    [
      site({ neighbours: { upstream: 'Nobody' } }),
      'machines.0.neighbours.upstream: no machine "Nobody"; there is Filler',
    ],
    [
      site({ neighbours: { downstream: 'Filler' } }),
      'machines.0.neighbours.downstream: a machine is no neighbour of its own',
    ],
    [site({ reasonStopS: 10 }), 'machines.0.reasonStopS: is 10 s, below microStopS (60 s)'],
    [site({ stateFrom: 'run-signal' }), 'machines.0.stateFrom: says run-signal, but no tag has the role running'],
    [
      site({ tags: [tag('Speed', 'speed', { counter: { modulus: 10 } })] }),
      'machines.0.tags.0.counter: a tag with the role speed counts nothing',
    ],
    [
      site(
        {},
        {
          calendar: {
            plannedWindows: [
              {
                machine: 'X',
                name: 'PM',
                kind: 'maintenance',
                when: { from: '2026-03-02T06:00', to: '2026-03-02T05:00' },
              },
            ],
          },
        },
      ),
      'calendar.plannedWindows.0.machine: no machine "X"; there is Filler',
    ],
    [
      site(
        {},
        {
          calendar: {
            exceptions: [
              { date: '2026-12-24', name: 'Eve', shifts: 'closed' },
              { date: '2026-12-24', name: 'Again', shifts: 'closed' },
            ],
          },
        },
      ),
      'calendar.exceptions.1.date: 2026-12-24 is already told by exceptions[0]',
    ],
  ])('names what is wrong', (text, expected) => {
    expect(faults(text)[0]).toContain(expected);
  });
});

it('gives the rules of a machine: names, milliseconds, ideals by start, and states over those of PackML', () => {
  const parsed = SiteConfig.parse(
    site({
      idealCycleMs: 1_000,
      products: [{ id: 'B', idealCycleMs: 3_000, partsPerCount: 6 }],
      idealCycles: [{ from: '2026-01-01T00:00:00Z', ms: 2_500, product: 'B' }],
      stateMap: { 'Washing Up': 'setup', Idle: 'no-order' },
    }),
  );
  const [machine] = parsed.machines;
  if (machine === undefined) throw new Error('no machine');
  const rules = toMachineRules(machine, parsed);
  expect(rules).toMatchObject({
    microStopMs: 60_000,
    reasonStopMs: 300_000,
    staleAfterMs: null,
    badQualityHoldMs: 60_000,
  });
  expect(rules.stateMap).toMatchObject({ washingup: 'setup', idle: 'no-order', execute: 'run' });
  expect(rules.metricNames).toEqual({ online: 'Connection/Online', state: 'State', total: 'Total' });
  expect(
    rules.ideals.map(({ productId, idealCycleMs, partsPerCount }) => [productId, idealCycleMs, partsPerCount]),
  ).toEqual([
    ['B', 3_000, 6],
    [null, 1_000, undefined],
    ['B', 2_500, 6],
  ]);
  const [, total] = machine.tags;
  if (total === undefined) throw new Error('no tag');
  expect(counterRuleOf(total, machine)).toEqual({ correctionLimit: 10, modulus: 2 ** 32, maxRatePerMs: 0.001 });
});

describe('the calendar', () => {
  const { shifts, calendar } = SiteConfig.parse(
    site(
      {},
      {
        shifts: [shift('Early', '06:00', '14:00')],
        calendar: {
          exceptions: [
            { date: '2026-12-25', name: 'Christmas', shifts: 'closed' },
            { date: '2026-12-26', name: 'Short', shifts: [{ name: 'Short', from: '08:00', to: '12:00' }] },
          ],
          plannedWindows: [
            {
              machine: 'Filler',
              name: 'Grease',
              kind: 'maintenance',
              when: { on: ['mon'], from: '13:00', to: '14:00' },
            },
            { name: 'Audit', kind: 'no-demand', when: { from: '2026-12-28T08:00', to: '2026-12-28T09:00' } },
          ],
        },
      },
    ),
  );

  it('has no shift on a closed day and another one on a special day', () => {
    const range = { fromMs: Date.parse('2026-12-24T12:00Z'), toMs: Date.parse('2026-12-27T12:00Z') };
    const found = shiftsIn(shifts, 'Europe/Berlin', range, calendar.exceptions);
    expect(found.map(({ localDate, name }) => `${localDate} ${name}`)).toEqual([
      '2026-12-24 Early',
      '2026-12-26 Short',
      '2026-12-27 Early',
    ]);
    expect(runningShift(shifts, 'Europe/Berlin', Date.parse('2026-12-25T08:00Z'), calendar.exceptions)).toBeNull();
  });

  it('lays planned windows on their days, for their machine, as instants', () => {
    const range = { fromMs: Date.parse('2026-12-28T00:00Z'), toMs: Date.parse('2026-12-29T00:00Z') };
    const of = (machineId: string) =>
      plannedStretchesIn(calendar.plannedWindows, machineId, 'Europe/Berlin', range).map(({ name, fromMs }) => [
        name,
        new Date(fromMs).toISOString(),
      ]);
    expect(of('Filler')).toEqual([
      ['Grease', '2026-12-28T12:00:00.000Z'],
      ['Audit', '2026-12-28T07:00:00.000Z'],
    ]);
    expect(of('Capper').map(([name]) => name)).toEqual(['Audit']);
  });
});
