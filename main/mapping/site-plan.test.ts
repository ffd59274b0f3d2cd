import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TagConfig } from '../../shared/config/equipment.ts';
import { SiteConfig } from '../../shared/config/site.ts';
import { planSite, type RunningSite, type SitePlan } from './site-plan.ts';
import { type MappedTag, toMappedTags } from './tag-map.ts';

interface TagFacts {
  readonly metric: string;
  readonly node?: string;
  readonly datatype?: string;
  readonly sampling?: string;
  readonly role?: string;
  readonly deadband?: { readonly absolute: number };
  readonly priority?: string;
}
interface MachineFacts {
  readonly id: string;
  readonly server?: string;
  readonly tags: readonly TagFacts[];
}

const HISTORIAN = { url: 'postgres://lineside@127.0.0.1:5432/lineside' };

const siteOf = (machines: readonly MachineFacts[], more: object = {}): SiteConfig =>
  SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'Europe/Berlin' },
    sparkplug: { groupId: 'G', edgeNodeId: 'E' },
    brokers: [{ url: 'mqtt://127.0.0.1:1883' }],
    samplingClasses: {
      normal: { samplingIntervalMs: 250 },
      event: { samplingIntervalMs: 0, queueSize: 100, isExempt: true },
      usual: { samplingIntervalMs: 250 },
    },
    opcuaServers: ['one', 'two'].map((id) => ({ id, endpointUrl: `opc.tcp://127.0.0.1:48${id.length}0` })),
    machines: machines.map(({ id, server = 'one', tags }) => ({
      id,
      server,
      tags: tags.map((tag) => ({ node: `nsu=urn:plc;s=${id}.${tag.metric}`, datatype: 'Double', ...tag })),
    })),
    ...more,
  });

const toRunning = (site: SiteConfig): RunningSite => ({ servers: site.opcuaServers, tags: toMappedTags(site) });
const plan = (before: SiteConfig, after: SiteConfig): SitePlan => planSite(before, toRunning(before), after);
const restartFields = ({ changes }: Pick<SitePlan, 'changes'>): string[] =>
  changes.flatMap((change) => (change.kind === 'needs-restart' ? [change.field] : []));

const tagFacts = fc.record(
  {
    metric: fc.constantFrom('A', 'B', 'C', 'D'),
    node: fc.constantFrom('nsu=urn:plc;s=X', 'nsu=urn:plc;s=Y'),
    datatype: fc.constantFrom('Double', 'Int32'),
    sampling: fc.constantFrom('normal', 'event', 'usual'),
    role: fc.constantFrom('value', 'state', 'total'),
    deadband: fc.record({ absolute: fc.constantFrom(1, 2) }),
    priority: fc.constantFrom('high', 'low'),
  },
  { requiredKeys: ['metric'] },
);
const machineFacts = (servers: readonly string[]): fc.Arbitrary<MachineFacts> =>
  fc.record({
    id: fc.constantFrom('Filler', 'Capper', 'Packer'),
    server: fc.constantFrom(...servers),
    tags: fc.uniqueArray(tagFacts, { minLength: 1, maxLength: 4, selector: ({ metric }) => metric }),
  });
const machineLists = (servers: readonly string[]): fc.Arbitrary<MachineFacts[]> =>
  fc.uniqueArray(machineFacts(servers), { minLength: 1, maxLength: 3, selector: ({ id }) => id });

const ofDevice = (tags: readonly MappedTag[], deviceId: string): MappedTag[] =>
  tags.filter((tag) => tag.deviceId === deviceId);
/** What a birth says of a device, and where its values come from. */
const toBirth = (tags: readonly MappedTag[], deviceId: string): string[] =>
  ofDevice(tags, deviceId)
    .map(({ metricName, datatype, config }) => `${metricName} ${datatype} ${config.node}`)
    .sort();

describe('the plan of a changed site file', () => {
  it('gives the tags that a fresh start with the file would give', () => {
    fc.assert(
      fc.property(machineLists(['one']), machineLists(['one']), (before, after) => {
        const next = siteOf(after);
        const planned = plan(siteOf(before), next);
        expect(restartFields(planned)).toEqual([]);
        expect(planned.tags).toEqual(toMappedTags(next));
      }),
    );
  });

  it('names every device whose birth differs, with its message, and no other', () => {
    fc.assert(
      fc.property(machineLists(['one']), machineLists(['one']), (before, after) => {
        const running = toMappedTags(siteOf(before));
        const { devices, tags } = plan(siteOf(before), siteOf(after));
        const told = new Map(devices.map((device) => [device.deviceId, device]));
        for (const id of ['Filler', 'Capper', 'Packer']) {
          const [birthBefore, birthAfter] = [toBirth(running, id), toBirth(tags, id)];
          if (JSON.stringify(birthBefore) === JSON.stringify(birthAfter)) expect(told.has(id)).toBe(false);
          else if (birthAfter.length === 0) expect(told.get(id)?.message).toBe('DDEATH');
          else expect(told.get(id)).toMatchObject({ message: 'DBIRTH', metricCount: birthAfter.length + 1 });
        }
      }),
    );
  });

  it('leaves nothing to do the second time but what needs a restart', () => {
    const servers = ['one', 'two'];
    fc.assert(
      fc.property(machineLists(servers), machineLists(servers), fc.boolean(), (before, after, hasHistorian) => {
        const more = hasHistorian ? { historian: HISTORIAN } : {};
        const [started, next] = [siteOf(before, more), siteOf(after, more)];
        const first = plan(started, next);
        const second = planSite(started, { servers: first.servers.all, tags: first.tags }, next);
        expect(second.changes.every(({ kind }) => kind === 'needs-restart')).toBe(true);
        expect(second.devices).toEqual([]);
        expect(second.tags).toEqual(first.tags);
        expect(restartFields(second).sort()).toEqual(restartFields(first).sort());
      }),
    );
  });

  it('is empty for the same site', () => {
    fc.assert(
      fc.property(machineLists(['one', 'two']), (machines) => {
        const site = siteOf(machines, { historian: HISTORIAN });
        const { changes, devices, tags } = plan(site, site);
        expect({ changes, devices, tags }).toEqual({ changes: [], devices: [], tags: toMappedTags(site) });
      }),
    );
  });

  it('changes sampling, deadband and priority in place, and takes two names of one class for the same', () => {
    const before = siteOf([{ id: 'Filler', tags: [{ metric: 'A' }, { metric: 'B' }] }]);
    const other = { sampling: 'event', deadband: { absolute: 1 }, priority: 'high' };
    const after = siteOf([
      {
        id: 'Filler',
        tags: [
          { metric: 'A', ...other },
          { metric: 'B', sampling: 'usual' },
        ],
      },
    ]);
    const { changes, devices } = plan(before, after);
    expect(devices).toEqual([]);
    expect(changes).toEqual([
      {
        kind: 'tag-changed',
        machineId: 'Filler',
        metricName: 'A',
        fields: ['sampling', 'deadband', 'priority'],
        isReborn: false,
      },
    ]);
  });

  it.each([
    ['sparkplug.groupId', { sparkplug: { groupId: 'H', edgeNodeId: 'E' } }],
    ['brokers[0].url', { brokers: [{ url: 'mqtt://127.0.0.1:1884' }] }],
    ['storeAndForward.maxMegabytes', { storeAndForward: { maxMegabytes: 5 } }],
    ['historian', { historian: HISTORIAN }],
  ])('says that %s needs a restart, and changes nothing', (field, more) => {
    const machines = [{ id: 'Filler', tags: [{ metric: 'A' }] }];
    const before = siteOf(machines);
    const { changes, devices, tags } = plan(before, siteOf(machines, more));
    expect(restartFields({ changes })).toEqual([field]);
    expect(devices).toEqual([]);
    expect(tags).toEqual(toMappedTags(before));
  });

  it('keeps the tags from which the running OEE counts, and takes the others', () => {
    const before = siteOf(
      [
        {
          id: 'Filler',
          tags: [{ metric: 'State', role: 'state' }, { metric: 'Total', role: 'total' }, { metric: 'A' }],
        },
      ],
      { historian: HISTORIAN },
    );
    const after = siteOf(
      [
        {
          id: 'Filler',
          tags: [
            { metric: 'Total', role: 'total', datatype: 'Int32' },
            { metric: 'Good', role: 'good' },
          ],
        },
      ],
      { historian: HISTORIAN },
    );
    const { changes, tags } = plan(before, after);
    expect(restartFields({ changes }).sort()).toEqual([
      'machines[Filler].tags[Good].role',
      'machines[Filler].tags[State]',
      'machines[Filler].tags[Total].datatype',
    ]);
    expect(tags.map(({ metricName, datatype }) => `${metricName} ${datatype}`)).toEqual([
      'Total Double',
      'Good Double',
      'State Double',
    ]);
  });

  it('bears a machine anew whose values come from another server, with the tags that the file names', () => {
    const before = siteOf([{ id: 'Filler', tags: [{ metric: 'A' }] }]);
    const after = siteOf([{ id: 'Filler', server: 'two', tags: [{ metric: 'A' }, { metric: 'B' }] }]);
    const { changes, devices, tags } = plan(before, after);
    expect(changes).toEqual([
      { kind: 'machine-moved', machineId: 'Filler', serverId: 'two', tagCount: 2 },
      { kind: 'tag-added', machineId: 'Filler', metricName: 'B' },
    ]);
    expect(devices).toEqual([{ deviceId: 'Filler', message: 'DBIRTH', metricCount: 3 }]);
    expect(tags).toEqual(toMappedTags(after));
  });

  it('takes a tag along to the other server that has to stay as it is', () => {
    const [state, historian] = [{ metric: 'State', role: 'state' }, { historian: HISTORIAN }];
    const before = siteOf([{ id: 'Filler', tags: [state] }], historian);
    const moved = { id: 'Filler', server: 'two', tags: [{ ...state, datatype: 'Int32' }] };
    const { tags } = plan(before, siteOf([moved], historian));
    expect(tags).toEqual([{ ...toMappedTags(before)[0], serverId: 'two' }]);
  });

  describe('of servers', () => {
    const one = { id: 'one', endpointUrl: 'opc.tcp://127.0.0.1:4830' };
    const two = { id: 'two', endpointUrl: 'opc.tcp://127.0.0.1:4830' };
    const machines = [{ id: 'Filler', tags: [{ metric: 'A' }] }];

    it('opens what is new, in a site that had none, with the machines on it', () => {
      const { changes, devices, servers } = plan(
        siteOf([], { opcuaServers: [] }),
        siteOf(machines, { opcuaServers: [one] }),
      );
      expect(changes).toEqual([
        { kind: 'server-added', serverId: 'one', endpointUrl: one.endpointUrl },
        { kind: 'machine-added', machineId: 'Filler', tagCount: 1 },
      ]);
      expect(devices).toEqual([{ deviceId: 'Filler', message: 'DBIRTH', metricCount: 2 }]);
      expect(servers).toMatchObject({ opened: [one], replaced: [], closedIds: [] });
    });

    it('closes what is gone, and finds nothing to do in another order', () => {
      const { changes, devices, servers } = plan(siteOf(machines), siteOf(machines, { opcuaServers: [one] }));
      expect(changes).toEqual([{ kind: 'server-removed', serverId: 'two', endpointUrl: two.endpointUrl }]);
      expect(devices).toEqual([]);
      expect(servers.closedIds).toEqual(['two']);
      expect(plan(siteOf(machines), siteOf(machines, { opcuaServers: [two, one] })).changes).toEqual([]);
    });

    it('names the fields of one that is reached in another way, and the machines that are born anew for it', () => {
      const none = { securityMode: 'None', securityPolicy: 'None' };
      const after = siteOf(machines, { opcuaServers: [{ ...one, ...none, publishingIntervalMs: 500 }, two] });
      const { changes, devices, servers } = plan(siteOf(machines), after);
      const fields = ['securityMode', 'securityPolicy', 'publishingIntervalMs'];
      expect(changes).toEqual([{ kind: 'server-changed', serverId: 'one', fields, machineIds: ['Filler'] }]);
      expect(devices).toEqual([{ deviceId: 'Filler', message: 'DBIRTH', metricCount: 2 }]);
      expect(servers.replaced).toMatchObject([{ id: 'one', publishingIntervalMs: 500 }]);
    });
  });

  it('knows every field that a tag of the site file has', () => {
    const machine = { id: 'Filler', tags: [{ metric: 'A' }] };
    for (const name of Object.keys(TagConfig.shape).filter((key) => key !== 'metric')) {
      const site = siteOf([machine]);
      const running = toMappedTags(site).map((tag) => ({ ...tag, config: { ...tag.config, [name]: 'other' } }));
      expect(restartFields(planSite(site, { servers: site.opcuaServers, tags: running }, site))).toEqual([]);
    }
  });
});
