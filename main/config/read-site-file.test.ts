import { describe, expect, it } from 'vitest';
import { describeFault, parseSiteFile, type SiteFileResult } from './read-site-file.ts';

const SITE = `site: { enterprise: Acme, site: SITE01, area: Packaging, line: LINE01, timeZone: Europe/Berlin }
sparkplug: { groupId: SITE01, edgeNodeId: LINE01 }
brokers:
  - url: mqtt://127.0.0.1:1883
opcuaServers:
  - id: plc
    endpointUrl: opc.tcp://127.0.0.1:4840
machines:
  - id: Filler
    server: plc
    tags:
      - node: nsu=urn:plc;s=State
        metric: Status/State
        datatype: String
        role: state
      - node: nsu=urn:plc;s=Count
        metric: Counts/Processed
        datatype: UInt32
historian: { url: postgres://lineside@127.0.0.1:5432/lineside }
`;

const faultsOf = (result: SiteFileResult): string[] =>
  result.ok ? [] : result.faults.map((fault) => describeFault('site.yaml', fault));

const withLine = (line: number, text: string): string =>
  SITE.split('\n')
    .map((old, index) => (index === line - 1 ? text : old))
    .join('\n');

describe('parseSiteFile', () => {
  it('accepts a small site and fills in the numbers of the seed', () => {
    const result = parseSiteFile(SITE);
    expect(faultsOf(result)).toEqual([]);
    if (!result.ok) return;
    expect(result.site.backpressure).toEqual({
      checkIntervalMs: 5000,
      activateAtRows: 1000,
      deactivateAtRows: 500,
      transitionDelayMs: 5000,
      slowSamplingIntervalMs: 2000,
    });
    expect(result.site.samplingClasses['normal']?.samplingIntervalMs).toBe(250);
    expect(result.site.storeAndForward.maxMegabytes).toBe(500);
  });

  it.each([
    [
      2,
      'sparkplug: { groupID: SITE01, edgeNodeId: LINE01 }',
      'site.yaml:2:14 sparkplug.groupID: unknown key "groupID"; did you mean "groupId"?',
    ],
    [
      2,
      'sparkplug: { groupId: SITE/01, edgeNodeId: LINE01 }',
      'site.yaml:2:23 sparkplug.groupId: id "SITE/01" holds one of + # /',
    ],
    [2, 'sparkplug: { groupId: STATE, edgeNodeId: LINE01 }', 'group id STATE is reserved'],
    [
      1,
      'site: { enterprise: A, site: S, area: P, line: L, timeZone: Berlin }',
      'site.yaml:1:61 site.timeZone: is not an IANA time zone',
    ],
    [10, '    server: plcc', 'site.yaml:10:13 machines[0].server: no server "plcc"; there is plc'],
    [12, '      - node: ns=4;s=State', 'site.yaml:12:15 machines[0].tags[0].node: is not a node id by namespace URI'],
    [17, '        metric: Status/State', 'metric name "Status/State" is already used by tags[0]'],
    [18, '        datatype: Uint32', 'site.yaml:18:19 machines[0].tags[1].datatype:'],
    [
      14,
      '        datatype: StringArray',
      'machines[0].tags[0].role: an array (StringArray) cannot be the state of a machine',
    ],
    [
      18,
      '        datatype: Int64Array\n        deadband: { absolute: 1 }',
      'an array (Int64Array) has no single value',
    ],
    [18, '        datatype: UInt32\n        sampling: fast', 'no sampling class "fast"; there is normal'],
    [
      18,
      '        datatype: UInt32\n        deadband: { absolute: 1, percent: 2 }',
      'deadband: takes either absolute or percent, not both',
    ],
    [18, '        datatype: UInt32\n        deadband: {}', 'deadband: takes either absolute or percent, not both'],
    [18, '        datatype: UInt32\n        deadband: { percent: 101 }', 'deadband.percent:'],
    [4, '  - url: mqtts://broker:8883', 'mqtts needs tls.ca'],
    [4, '  - url: mqtt://user:secret@broker:1883', 'no user name in it'],
  ])('names line, path and remedy (line %i: %s)', (line, text, expected) => {
    expect(faultsOf(parseSiteFile(withLine(line, text))).join('\n')).toContain(expected);
  });

  it('names the line of a YAML mistake', () => {
    expect(faultsOf(parseSiteFile('site: {\nbrokers: ]')).join('\n')).toMatch(/site\.yaml:2:\d+/);
  });

  it('refuses an alias bomb', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${'*a,'.repeat(50)}]\nc: &c [${'*b,'.repeat(50)}]\nd: [${'*c,'.repeat(50)}]`;
    expect(parseSiteFile(bomb).ok).toBe(false);
  });
});
