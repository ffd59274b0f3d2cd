import { describe, expect, it } from 'vitest';
import type { SiteChangeResult } from '../../shared/domain/site-change.ts';
import { describeSiteChange, isWhole } from './describe-site-change.ts';

const RESULT: SiteChangeResult = {
  phase: 'applied',
  siteFile: '/etc/site.yaml',
  changes: [],
  devices: [],
  leavingRowCount: 0,
  refused: [],
  waitingServers: [],
};

describe('a change of the site in words', () => {
  it('names the message of each touched machine, and what is behind it', () => {
    const text = describeSiteChange({
      ...RESULT,
      changes: [
        ...['A', 'B'].map((metricName) => ({ kind: 'tag-added' as const, machineId: 'Filler', metricName })),
        { kind: 'tag-removed', machineId: 'Filler', metricName: 'C' },
        { kind: 'tag-changed', machineId: 'Capper', metricName: 'D', fields: ['deadband'], isReborn: false },
        { kind: 'machine-removed', machineId: 'Packer', tagCount: 1 },
      ],
      devices: [
        { deviceId: 'Filler', message: 'DBIRTH', metricCount: 214 },
        { deviceId: 'Packer', message: 'DDEATH', metricCount: 0 },
      ],
    });
    expect(text.split('\n')).toEqual([
      'Filler: DBIRTH with 214 metrics; 2 added: A, B; 1 removed: C',
      'Capper: in place, no message; 1 changed: D (deadband)',
      'Packer: DDEATH; machine removed with 1 tag',
      'applied: DBIRTH for 1 device, 214 metrics, DDEATH for 1 device; node stays up',
    ]);
  });

  it('names the session of each server that is opened, closed or opened anew, and whom that concerns', () => {
    const endpointUrl = 'opc.tcp://127.0.0.1:4840';
    const text = describeSiteChange({
      ...RESULT,
      phase: 'planned',
      changes: [
        { kind: 'server-added', serverId: 'new', endpointUrl },
        { kind: 'server-removed', serverId: 'old', endpointUrl },
        { kind: 'server-changed', serverId: 'plc', fields: ['securityMode'], machineIds: ['Filler'] },
        { kind: 'machine-moved', machineId: 'Capper', serverId: 'new', tagCount: 1 },
      ],
      devices: ['Filler', 'Capper'].map((deviceId) => ({ deviceId, message: 'DBIRTH' as const, metricCount: 2 })),
    });
    expect(text.split('\n')).toEqual([
      'server new: a session with opc.tcp://127.0.0.1:4840 is opened',
      'server old: its session with opc.tcp://127.0.0.1:4840 is closed',
      'server plc: its session is closed and opened anew (securityMode); Filler unobserved until then',
      'Capper: DBIRTH with 2 metrics; its values come from server new',
      'would be: DBIRTH for 2 devices, 4 metrics; node stays up',
    ]);
  });

  it('tells what does not run yet, and that this is not the whole file', () => {
    const result: SiteChangeResult = {
      ...RESULT,
      phase: 'planned',
      leavingRowCount: 1,
      changes: [{ kind: 'needs-restart', field: 'brokers[0].url', why: 'because' }],
      refused: [{ tagId: 'Filler.A', reason: 'BadNodeIdUnknown' }],
      waitingServers: ['plc'],
    };
    expect(describeSiteChange(result).split('\n')).toEqual([
      'needs a restart: brokers[0].url (because)',
      'waiting in the buffer: at most 1 row of what goes; what is not sent before is set aside (lineside queue deadletters)',
      'refused by its server: Filler.A (BadNodeIdUnknown); it is tried again',
      'server plc is away and gets the change when it is back',
      'would be: nothing that can change while the gateway runs; node stays up',
    ]);
    expect([isWhole(result), isWhole(RESULT)]).toEqual([false, true]);
  });

  it('lists some of many names', () => {
    const changes = Array.from({ length: 12 }, (_unused, index) => ({
      kind: 'tag-added' as const,
      machineId: 'Filler',
      metricName: `M${index}`,
    }));
    expect(describeSiteChange({ ...RESULT, changes })).toContain('12 added: M0, M1, M2, M3, M4, M5, M6, M7 and 4 more');
  });
});
