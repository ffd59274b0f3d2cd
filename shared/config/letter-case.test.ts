import { expect, it } from 'vitest';
import { findCaseClashes } from './letter-case.ts';
import { SiteConfig } from './site.ts';

const machine = (id: string, metrics: readonly string[]): object => ({
  id,
  server: 'plc',
  tags: metrics.map((metric) => ({ node: `nsu=urn:plc;s=${metric}`, metric, datatype: 'Int32' })),
});
const siteOf = (machines: readonly object[]): SiteConfig =>
  SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'UTC' },
    sparkplug: { groupId: 'S', edgeNodeId: 'L' },
    brokers: [{ url: 'mqtt://127.0.0.1:1883' }],
    opcuaServers: [{ id: 'plc', endpointUrl: 'opc.tcp://127.0.0.1:4840' }],
    machines,
  });

it('ids and metric names that differ only in letter case are named (tck-id-case-sensitivity-sparkplug-ids)', () => {
  const site = siteOf([machine('Filler', ['Speed', 'SPEED', 'State']), machine('filler', ['Speed'])]);
  expect(findCaseClashes(site)).toEqual([
    'the machine ids Filler and filler differ only in letter case; rename all but one',
    'the metric names of Filler, Speed and SPEED differ only in letter case; rename all but one',
  ]);
  expect(findCaseClashes(siteOf([machine('Filler', ['Speed']), machine('Capper', ['Speed'])]))).toEqual([]);
});
