import { SiteConfig } from '../../shared/config/site.ts';

const tagOf = (machineId: string) => ({ node: `nsu=urn:plc;s=${machineId}`, metric: 'Speed', datatype: 'Double' });

/** A site with these machines, for tests. */
export const siteWith = (machineIds: readonly string[], change: object = {}): SiteConfig =>
  SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'North', area: 'Filling', line: 'Line 1', timeZone: 'Europe/Berlin' },
    sparkplug: { groupId: 'plant', edgeNodeId: 'edge' },
    brokers: [{ url: 'mqtt://127.0.0.1:1883', userName: 'gateway', passwordFile: 'broker.password' }],
    opcuaServers: [{ id: 'plc', endpointUrl: 'opc.tcp://127.0.0.1:4840' }],
    machines: machineIds.map((id) => ({ id, server: 'plc', tags: [tagOf(id)] })),
    shifts: [
      {
        name: 'Early',
        days: ['mon', 'tue'],
        from: '06:00',
        to: '14:00',
        breaks: [{ name: 'Lunch', from: '10:00', to: '10:30' }],
      },
    ],
    ...change,
  });

/** Another site for each round, of two machines with the name of the round. */
export const changedSite = (round: number): SiteConfig => siteWith([`Filler${round}`, `Capper${round}`]);
